// node play-screen.js CAPTURE [FAULT|UNCAUGHT]: shows the screen of `live` over a capture that passes as fast as it was recorded, then
// over silence; prints `report: N packets` once it is left. From SIGUSR2 on the snapshot fails: with FAULT, or later with UNCAUGHT.
import picocolors from 'picocolors'
import { openCapture } from '../../dist/capture/open-capture.js'
import { PacketRecord } from '../../dist/capture/packet-record.js'
import { auditCapture } from '../../dist/cli/audit-capture.js'
import { releaseLostTerminals } from '../../dist/cli/lost-terminal.js'
import { LiveObserver } from '../../dist/screen/live-observer.js'
import { LiveScreen } from '../../dist/screen/live-screen.js'

const NEEDS_DATA = 1
const END = 2
const PACKET = 0

/** Hands out each packet when its time has come, and ends when it is told to. */
class Replay {
  #source
  #ahead = new PacketRecord()
  #isAhead = false
  #hasEnded = false
  #isStopped = false
  #start = performance.now()

  constructor(source) {
    this.#source = source
    for (const name of [
      'name',
      'format',
      'linkTypes',
      'snaplen',
      'epoch',
      'stoppedAt',
      'bytesRead',
      'length',
    ]) {
      Object.defineProperty(this, name, { get: () => source[name] })
    }
  }

  stop() {
    this.#isStopped = true
  }

  next(record) {
    if (this.#isStopped) return END
    if (!this.#isAhead && !this.#hasEnded) {
      const status = this.#source.next(this.#ahead)
      if (status === NEEDS_DATA) return NEEDS_DATA
      if (status === PACKET) this.#isAhead = true
      else this.#hasEnded = true
    }
    if (!this.#isAhead || this.#ahead.time / 1e6 > performance.now() - this.#start) return NEEDS_DATA
    Object.assign(record, this.#ahead)
    this.#isAhead = false
    return PACKET
  }

  async fill() {
    if (this.#isAhead || this.#hasEnded) await new Promise((resolve) => setTimeout(resolve, 10))
    else await this.#source.fill()
  }

  close() {
    return this.#source.close()
  }
}

const [path, fault] = process.argv.slice(2)
const source = new Replay(await openCapture(path))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => source.stop())
let isFailing = false
process.once('SIGUSR2', () => {
  isFailing = true
})
let screen
let failure
const result = await auditCapture(source, {
  onConnection: () => {},
  onRead: (run) => {
    if (screen !== undefined) return
    const observer = new LiveObserver(run, { name: 'replay', epoch: source.epoch })
    screen = new LiveScreen({
      ends: { input: process.stdin, output: process.stdout, process },
      colors: picocolors.createColors(true),
      snapshot: (wish) => {
        if (isFailing && fault === 'FAULT') throw new Error('a fault')
        if (isFailing && fault === 'UNCAUGHT') setTimeout(() => JSON.parse('{'))
        return observer.snapshot(wish)
      },
      onQuit: () => source.stop(),
      onFault: (error) => {
        failure = error
        source.stop()
      },
    })
    screen.open()
  },
})
screen?.close()
process.stdout.write(`report: ${result.capture.packets} packets\n`)
if (failure !== undefined) process.exitCode = 70
releaseLostTerminals()
