import { ref } from 'vue'
import { statements } from '@/api'
import type { StatementLayout, StatementTemplate } from '@/api'

/** The layouts that are kept by name on this computer. */
export function useTemplates() {
  const templates = ref<StatementTemplate[]>([])
  /** The name of the one that was put to use or saved last; empty: none. */
  const current = ref('')

  async function load(): Promise<void> {
    templates.value = await statements.templates()
    if (!named(current.value)) current.value = ''
  }

  function named(name: string): StatementTemplate | undefined {
    return templates.value.find((template) => template.name === name)
  }

  async function save(name: string, layout: StatementLayout): Promise<void> {
    const kept = await statements.saveTemplate(name, layout)
    await load()
    current.value = kept.name
  }

  async function rename(from: string, to: string): Promise<void> {
    const kept = await statements.renameTemplate(from, to)
    await load()
    current.value = kept
  }

  async function remove(name: string): Promise<void> {
    await statements.deleteTemplate(name)
    await load()
  }

  return { templates, current, load, named, save, rename, remove }
}
