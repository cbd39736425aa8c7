// Run by refusals.e2e.mjs with DIR on a small disk: syncs until it is full, tells what the window says, makes room, and syncs on.
import { execFileSync } from 'node:child_process'
import { login, shell } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const hall = await openHall('vehicles=150,months=10,seed=2')
const program = await openProgram({ data: process.env.DIR, env: { TOLLBOOK_DEMO: 'vehicles=1,months=1' } })
const { page } = program
await login(page).signInAt(hall)
await until('words about the disk', async () => /磁盘/.test(await page.locator('body').innerText()), 120)
console.log(
  'said:',
  (await page.locator('body').innerText()).split('\n').find((line) => line.includes('磁盘')),
)
execFileSync('mount', ['-o', 'remount,size=400m', process.env.DIR])
await page.keyboard.press('F5')
await shell(page).synced()
console.log('proof:', await shell(page).proof())
await program.close({ keepData: true })
await hall.close()
