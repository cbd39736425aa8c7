// Drives the program as it ships, in its own window, through WebKit's remote inspector: no test build, no dev server.
import { WebSocket } from 'ws' // Node 20 has none of its own
import { until } from '../e2e/program.mjs'

/** Connects to the window's page and gives a function that evaluates an expression in it. */
export async function inspect(port) {
  // A connection before the page is listed would take its place and never hear of it.
  const listed = () =>
    fetch(`http://127.0.0.1:${port}/`)
      .then(
        (answer) => answer.text(),
        () => '',
      )
      .then((text) => text.includes('/socket/1/1/WebPage'))
  await until('the page to be listed', listed, 60)
  const session = await until('the inspector', () => connect(`ws://127.0.0.1:${port}/socket/1/1/WebPage`), 60)
  let calls = 0
  const evaluate = (expression) =>
    new Promise((resolve, reject) => {
      const id = ++calls
      session.waiting.set(id, ({ result, error }) =>
        error || result.wasThrown
          ? reject(new Error(error?.message ?? result.result.description))
          : resolve(result.result.value),
      )
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, returnByValue: true } })
      session.socket.send(
        JSON.stringify({
          id: 1_000_000 + id,
          method: 'Target.sendMessageToTarget',
          params: { targetId: session.target, message },
        }),
      )
    })
  return { evaluate, close: () => session.socket.close() }
}

/** Gives a session once the page has told its target, or null where nobody answers yet. The target may come with the very first bytes. */
function connect(url) {
  return new Promise((resolve) => {
    const session = { socket: new WebSocket(url), target: '', waiting: new Map() }
    const giveUp = setTimeout(() => session.socket.terminate(), 2000)
    session.socket.on('message', (raw) => {
      const message = JSON.parse(raw)
      if (message.method === 'Target.targetCreated') {
        clearTimeout(giveUp)
        session.target = message.params.targetInfo.targetId
        resolve(session)
      }
      if (message.method !== 'Target.dispatchMessageFromTarget') return
      const answer = JSON.parse(message.params.message)
      session.waiting.get(answer.id)?.(answer)
      session.waiting.delete(answer.id)
    })
    session.socket.once('error', () => resolve(null))
    session.socket.once('close', () => resolve(null))
  })
}
