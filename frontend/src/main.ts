import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/theme-chalk/el-message.css'
import 'element-plus/theme-chalk/el-message-box.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/element.css'
import App from './App.vue'
import { makeRouter } from './router'
import { usePreferencesStore } from './stores/preferences'
import { useSessionStore } from './stores/session'

const pinia = createPinia()

const app = createApp(App).use(pinia)
const preferences = usePreferencesStore(pinia)
preferences.followSystem()

/** The router's first guard asks who is signed in: it is installed once that is known, or once it is known that nobody answers. */
async function open(): Promise<void> {
  const session = useSessionStore(pinia)
  await session.open()
  await preferences.load()
  app.use(makeRouter())
  app.mount('#app')
}

void open()
