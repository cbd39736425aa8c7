import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { useMenu } from '@/components/useMenu'

test('Esc closes a menu that is just opening, and reaches nothing else', async () => {
  let menu: ReturnType<typeof useMenu> | undefined
  const wrapper = mount(
    defineComponent({
      setup() {
        menu = useMenu()
        return () => h('button', { ref: 'button' })
      },
    }),
    { attachTo: document.body },
  )
  const heard: string[] = []
  const listen = (event: KeyboardEvent) => heard.push(event.key)
  window.addEventListener('keydown', listen)
  const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))

  menu!.isOpen.value = true
  await nextTick()
  press('Escape')
  expect(menu!.isOpen.value).toBe(false)
  expect(heard).toEqual([])

  await nextTick()
  press('Escape')
  expect(heard).toEqual(['Escape'])
  window.removeEventListener('keydown', listen)
  wrapper.unmount()
})
