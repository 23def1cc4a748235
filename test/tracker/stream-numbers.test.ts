import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasCommand, isAvailable } from '../support/availability.ts'
import { captureFiles, FIXTURES, PUBLIC_CAPTURES } from '../support/capture-files.ts'
import { trackCapture } from '../support/track-capture.ts'

/** Frame and tcp.stream of every frame that tshark numbers. */
function tsharkStreams(path: string): string[] {
  const args = [
    '-n',
    '-r',
    path,
    '-Y',
    'tcp.stream',
    '-T',
    'fields',
    '-e',
    'frame.number',
    '-e',
    'tcp.stream',
  ]
  const { stdout, status, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

async function ownStreams(path: string): Promise<string[]> {
  const { frames } = await trackCapture(path)
  return frames.map(({ packet, stream }) => `${packet}\t${stream}`)
}

describe.runIf(isAvailable('tshark', hasCommand('tshark')))(
  'every frame has the tcp.stream of tshark',
  () => {
    const own = captureFiles(FIXTURES)
    const theirs = captureFiles(PUBLIC_CAPTURES)

    it('in captures of which there are some', () => {
      expect(own.length).toBeGreaterThan(0)
    })

    it.each(own.map((path) => [basename(path), path]))('in our %s', async (_name, path) => {
      expect(await ownStreams(path)).toEqual(tsharkStreams(path))
    })

    describe.runIf(isAvailable('the folder of public captures', theirs.length > 0))(
      'in public captures',
      () => {
        it('of which there are some', () => {
          expect(theirs.length).toBeGreaterThan(0)
        })

        it.each(theirs.map((path) => [basename(path), path]))('%s', async (_name, path) => {
          expect(await ownStreams(path)).toEqual(tsharkStreams(path))
        })
      },
    )
  },
)
