import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/theme-chalk/el-message.css'
import 'element-plus/theme-chalk/el-message-box.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/element.css'
import './styles/parts.css'
import App from './App.vue'
import LockPage from './pages/lock/LockPage.vue'
import { makeRouter } from './router'
import { useLockStore } from './stores/lock'
import { usePreferencesStore } from './stores/preferences'
import { useSessionStore } from './stores/session'

const pinia = createPinia()
const preferences = usePreferencesStore(pinia)
preferences.followSystem()

/**
 * A locked program shows its lock and loads nothing else. The router's first guard asks who is signed in: it is installed once that is
 * known, or once it is known that nobody answers.
 */
async function open(): Promise<void> {
  const session = useSessionStore(pinia)
  const lock = useLockStore(pinia)
  await session.attempt(lock.load)
  if (lock.state?.locked) {
    createApp(LockPage).use(pinia).mount('#app')
    return
  }
  if (!session.openFault) await session.open()
  await preferences.load()
  createApp(App).use(pinia).use(makeRouter()).mount('#app')
}

void open()
