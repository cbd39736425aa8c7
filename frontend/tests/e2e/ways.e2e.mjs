// Every way in (SPEC 1 and 2), every refusal and every recovery, at a hall of its own process.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { list, login, noFaults, passphrase, select, shell } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

/** A program at the login page of a fresh hall with the manual's sample; each story has its own, for an SMS a minute is all a phone gets. */
async function story(name, tell, options = []) {
  await test(name, async () => {
    const hall = await openHall('manual', { options })
    const program = await openProgram()
    try {
      const way = login(program.page)
      await way.useHall(hall.url)
      await program.page.getByTestId('hall-dialog').waitFor({ state: 'hidden' })
      await tell({ hall, program, page: program.page, way, id: (name) => program.page.getByTestId(name) })
      noFaults(program)
    } finally {
      await program.close()
      await hall.close()
    }
  })
}

const says = (element, words) =>
  until(`“${words}”`, async () => words.test(await element.textContent().catch(() => '')))

await story('a unit nickname bound on the old portal needs a code alone', async ({ hall, page, way, id }) => {
  const clerk = hall.login('手册样例')
  await way.byNickname(hall, clerk)
  await id('fetched-accounts').waitFor()
  assert.match(await id('fetched-accounts').textContent(), /操作手册样例有限公司100\*\*\*\*0009/)
  assert.match(await way.steps.textContent(), /1用户登录2信息校验3账号登录/)
  await id('send-binding-code').click()
  const code = await hall.code(clerk.phone)
  await id('binding-code').fill(code === '000000' ? '000001' : '000000')
  await id('confirm-binding').click()
  await says(way.fault, /验证码不正确或已失效/)
  await id('binding-code').fill(code)
  await id('confirm-binding').click()
  await way.keepPassphrase()
  await shell(page).synced()
})

for (const nickname of ['手册未绑定', '手册已失效'])
  await story(`the nickname ${nickname} proves its holder by name and document`, async ({ hall, page, way, id }) => {
    const clerk = hall.login(nickname)
    await way.byNickname(hall, clerk)
    await id('holder-name').waitFor()
    await way.verify(hall.login('10000000019')) // a lapsed account opens nothing
    await says(way.fault, /名称与证件信息不符/)
    await way.verify({ name: clerk.name, document: clerk.document.slice(0, -1) + 'X' })
    await says(id('document-fault'), /校验位不符/)
    await way.verify(clerk)
    await way.keepPassphrase()
    await shell(page).synced()
  })

await story(
  'a person with two accounts chooses one, and switches without signing in',
  async ({ hall, page, way, id }) => {
    const person = hall.login('手册双户')
    await way.byNickname(hall, person)
    await id('send-binding-code').click()
    await id('binding-code').fill(await hall.code(person.phone))
    await id('confirm-binding').click()
    await id('choose-account').nth(1).waitFor()
    assert.match(
      await id('accounts').textContent(),
      /样例双户100\*\*\*\*0039 · 账户编号 39已通过[\s\S]*样例双户100\*\*\*\*0039 · 账户编号 40/,
    )
    await id('choose-account').first().click()
    await way.keepPassphrase()
    await shell(page).synced()
    await list(page, 'statistics').ready()
    await list(page, 'statistics').query({ kind: '按年', from: '2024年', to: '2024年' })
    const before = (await list(page, 'statistics').rows())[0].plate
    await id('account-menu').click()
    await id('switch-account').click()
    await id('choose-account').click()
    await shell(page).synced()
    await list(page, 'statistics').ready()
    await list(page, 'statistics').query({ kind: '按年', from: '2024年', to: '2024年' })
    const after = (await list(page, 'statistics').rows())[0].plate
    assert.notEqual(after, before)
  },
)

await story('a personal phone signs in by SMS', async ({ hall, page, way, id }) => {
  const person = hall.login('10000000029')
  await way.asKind('personal')
  assert.equal(await id('phone').getAttribute('placeholder'), '请输入ETC办理时预留的个人手机号')
  await id('phone').fill(person.phone)
  await way.sendCode()
  await way.enterCode(await hall.code(person.phone))
  await id('holder-name').waitFor()
  assert.match(
    await page.getByRole('main').locator('form').textContent(),
    /个人名称[\s\S]*个人证件类型[\s\S]*关联个人信息/,
  )
  await way.verify({ name: person.name, document: '999999180002300294' })
  await says(id('document-fault'), /校验位不符/)
  await way.verify(person)
  await way.keepPassphrase()
  await shell(page).synced()
})

await story('wrong, used and too many codes are refused, and five wrong ones lock', async ({ hall, way, id }) => {
  const clerk = hall.clerk
  await id('phone').fill(clerk.phone)
  await way.sendCode()
  const code = await hall.code(clerk.phone)
  await until('the wait for another code', async () => (await id('send-code').isDisabled()) === true)
  assert.match(await id('send-code').textContent(), /秒后重新获取/)
  await id('tab-nickname').click() // a form that is opened anew has forgotten the wait: the hall has not
  await id('tab-sms').click()
  await way.sendCode()
  await says(way.fault, /操作过于频繁[\s\S]*(秒|1 分钟) 后再试/)
  await way.enterCode(code)
  await id('holder-name').waitFor()
  await id('login-back').click()
  await id('phone').fill(clerk.phone)
  await way.enterCode(code) // used before
  await says(way.codeFault, /验证码不正确或已失效/)
  for (let i = 0; i < 5; i++) await way.enterCode(code === '000000' ? '000001' : '00000' + i)
  await says(way.fault, /输错次数过多，已暂时锁定，请在 1[45] 分/)
  assert.ok(await id('sign-in').isDisabled())
})

await story(
  'an expired code is refused',
  async ({ hall, way, id }) => {
    await id('phone').fill(hall.clerk.phone)
    await way.sendCode()
    const code = await hall.code(hall.clerk.phone)
    // Refused from the moment on at which it expires; wrong codes are not tried, they would lock.
    await new Promise((resolve) => setTimeout(resolve, 1100)) // longer than the code lives
    await way.enterCode(code)
    await says(way.codeFault, /验证码不正确或已失效/)
  },
  ['--code-life', '1s'],
)

await story(
  'a wrong captcha and wrong passwords are refused, five lock the nickname alone',
  async ({ hall, page, way, id }) => {
    const clerk = hall.login('手册样例')
    await id('tab-nickname').click()
    await page.locator('[data-testid="captcha-picture"] img').waitFor()
    const first = await id('captcha-picture').getAttribute('data-captcha')
    await id('captcha-picture').click()
    await until('another picture', async () => (await id('captcha-picture').getAttribute('data-captcha')) !== first)
    await id('nickname').fill(clerk.nickname)
    await id('password').fill(clerk.password)
    await id('captcha').fill('????')
    await id('sign-in').click()
    await says(way.fault, /图形验证码不正确或已失效/)
    for (let i = 0; i < 5; i++) {
      const before = await id('captcha-picture').getAttribute('data-captcha')
      await id('password').fill('wrong password')
      await way.readCaptcha(hall)
      await id('sign-in').click()
      await says(way.fault, /昵称或密码不正确/)
      await until('a new picture', async () => (await id('captcha-picture').getAttribute('data-captcha')) !== before)
    }
    await id('password').fill(clerk.password)
    await way.readCaptcha(hall)
    await id('sign-in').click()
    await says(way.fault, /已暂时锁定/)
    await id('tab-sms').click() // nobody can lock a company out by its nickname
    await id('phone').fill(clerk.phone)
    await way.sendCode()
    await way.enterCode(await hall.code(clerk.phone))
    await id('holder-name').waitFor()
  },
)

await story('找回昵称 shows the nickname after the code', async ({ hall, page, way, id }) => {
  const clerk = hall.login('手册个人')
  await id('tab-nickname').click()
  await id('recover-nickname').click()
  assert.match(await id('recover-nickname-form').textContent(), /温馨提示：如果您忘记或丢失了您的注册用户信息/)
  await id('recovery-plate').fill(clerk.plate)
  await id('recovery-phone').fill(clerk.phone)
  await way.readCaptcha(hall)
  await id('send-recovery-code').click()
  const code = await hall.code(clerk.phone)
  await id('recovery-code').fill(code === '000000' ? '000001' : '000000')
  await id('show-nickname').click()
  await says(way.fault, /验证码不正确或已失效/)
  await id('recovery-code').fill(code)
  await id('show-nickname').click()
  await says(id('recovered-nickname'), /^手册个人$/)
  assert.match(await id('recovered-cards').textContent(), /^\d{4}\*{5}\d{4}$/)
  await id('go-sign-in').click()
  assert.equal(await page.getByTestId('nickname').inputValue(), '手册个人')
})

await story('找回昵称 tells nothing of a plate that is not the phone’s', async ({ hall, way, id }) => {
  await id('tab-nickname').click()
  await id('recover-nickname').click()
  await id('recovery-plate').fill('浙Z99999')
  await id('recovery-phone').fill('10000000029')
  await way.readCaptcha(hall)
  await id('send-recovery-code').click()
  await says(id('recover-nickname-form'), /如果车牌号码与预留手机号相符，验证码将发送到手机/)
  assert.deepEqual(await hall.messages(), [])
})

await story('忘记密码 sets a new one, and the old opens no more', async ({ hall, way, id }) => {
  const clerk = hall.login('手册样例')
  await id('tab-nickname').click()
  await id('forgot-password').click()
  await id('reset-nickname').fill(clerk.nickname)
  await id('holder-name').fill(clerk.name)
  await id('document-number').fill(clerk.document)
  await way.readCaptcha(hall)
  await id('send-reset-code').click()
  await id('reset-code').fill(await hall.code(clerk.phone))
  await id('new-password').fill('风雨无阻-2024')
  await id('new-password-again').fill('风雨无阻-2025')
  await id('finish').click()
  await says(id('new-password-again-fault'), /两次输入不一致/)
  for (const field of ['new-password', 'new-password-again']) await id(field).fill('password123')
  await id('finish').click()
  await says(way.fault, /新密码不符合要求/)
  for (const field of ['new-password', 'new-password-again']) await id(field).fill('风雨无阻-2024')
  await id('finish').click()
  await id('nickname').waitFor() // back at the login, signed in nowhere
  await way.byNickname(hall, clerk)
  await says(way.fault, /昵称或密码不正确/)
  await way.byNickname(hall, clerk, '风雨无阻-2024')
  await id('fetched-accounts').waitFor()
})

await story('忘记手机号 shows it masked, to the holder alone', async ({ hall, way, id }) => {
  await id('forgot-phone').click()
  await way.fillPlateProof(hall, { ...hall.clerk, name: '别的公司' })
  await id('find').click()
  await says(way.fault, /填写的信息与预留信息不符/)
  await way.fillPlateProof(hall, hall.clerk)
  await id('find').click()
  await says(id('recovered-phone'), /^100\*\*\*\*0009$/)
})

await story('更改手机号 moves the login to the new phone', async ({ hall, way, id }) => {
  await id('change-phone').click()
  await way.fillPlateProof(hall, hall.clerk)
  await id('new-phone').fill('10000000091')
  await id('send-phone-code').click()
  await id('phone-code').fill(await hall.code('10000000091'))
  await id('finish').click()
  await id('send-code').waitFor()
  assert.equal(await id('phone').inputValue(), '10000000091')
  await way.sendCode()
  await says(way.fault, /操作过于频繁/) // the new phone had its code this minute
})

await story('修改密码, 登录记录 and 退出所有设备', async ({ hall, program, page, way, id }) => {
  const clerk = hall.login('手册未绑定')
  await way.byNickname(hall, clerk)
  await way.verify(clerk)
  await way.keepPassphrase()
  await shell(page).synced()
  const other = await openProgram()
  try {
    await login(other.page).useHall(hall.url)
    await other.page.getByTestId('hall-dialog').waitFor({ state: 'hidden' })
    await login(other.page).byNickname(hall, clerk)
    await login(other.page).keepPassphrase()
    await shell(other.page).synced()

    await id('account-menu').click()
    await id('change-password').click()
    await id('old-password').fill('wrong password')
    for (const field of ['new-password', 'new-password-again']) await id(field).fill('风雨无阻-2024')
    await id('keep-password').click()
    await says(id('password-fault'), /旧密码不正确/)
    await id('old-password').fill(clerk.password)
    await id('keep-password').click()
    await id('password-dialog').waitFor({ state: 'hidden' })
    // F5 while a sync runs asks for nothing more: it is pressed until one has met the hall's refusal.
    await until('the other program to be out', async () => {
      await shell(other.page).sync()
      return (await other.page.getByTestId('sync-badge').getAttribute('data-state')) === 'expired'
    })

    await id('account-menu').click()
    await id('audit-trail').click()
    await says(id('trail-dialog'), /修改密码[\s\S]*登录被拒绝|登录被拒绝[\s\S]*修改密码/)
    await page.keyboard.press('Escape')
    await id('trail-dialog').waitFor({ state: 'hidden' })

    await id('account-menu').click()
    await id('sign-out-everywhere').click()
    await id('sign-out-confirm').click()
    await id('sign-in').waitFor()
    noFaults(other)
  } finally {
    await other.close()
  }
  // Neither log, nor any file of the client, nor the hall's database holds a password or the passphrase.
  const secrets = ['wrong password', '风雨无阻-2024', clerk.password, passphrase]
  const texts = [program.log(), hall.log()]
  for (const [folder, isOurs] of [
    [program.folder, (name) => !name.startsWith('demo')],
    [hall.folder, (name) => name.startsWith('hall.db')],
  ])
    for (const name of (await readdir(folder)).filter(isOurs)) texts.push(await readFile(join(folder, name), 'utf8'))
  assert.ok(texts.length > 5)
  for (const secret of secrets) assert.ok(!texts.some((text) => text.includes(secret)), `${secret} is kept or logged`)
})

await story('plates of other colours are chosen, not typed', async ({ hall, way, id, page }) => {
  await id('forgot-phone').click()
  await id('recovery-plate').fill(hall.clerk.plate)
  await select(page, 'recovery-colour', '黄色')
  await id('holder-name').fill(hall.clerk.name)
  await id('document-number').fill(hall.clerk.document)
  await way.readCaptcha(hall)
  await id('find').click()
  await says(way.fault, /填写的信息与预留信息不符/) // the plate's colour is part of it
})
