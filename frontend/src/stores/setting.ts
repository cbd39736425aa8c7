/** Values the page keeps in Go's settings, as JSON. They are comforts: one that cannot be read or kept must not stop anybody. */

interface SettingsDoor {
  load(key: string): Promise<string>
  save(key: string, value: string): Promise<void>
}

/** The kept value, or null when there is none or it cannot be read. */
export async function loadSetting<T>(door: SettingsDoor, key: string): Promise<T | null> {
  try {
    const text = await door.load(key)
    return text ? (JSON.parse(text) as T) : null
  } catch (reason) {
    console.warn(`setting ${key} not read`, reason)
    return null
  }
}

export function saveSetting(door: SettingsDoor, key: string, value: unknown): void {
  door.save(key, JSON.stringify(value)).catch((reason) => console.warn(`setting ${key} not kept`, reason))
}
