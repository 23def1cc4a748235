import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CaptureSource } from '../../src/capture/capture-source.ts'
import { openCaptures, openInput } from '../../src/capture/open-capture.ts'
import type { AsOf } from '../../src/cli/as-of.ts'
import { auditCapture, type RunProgress } from '../../src/cli/audit-capture.ts'
import { LiveObserver, type ObserverMeans } from '../../src/screen/live-observer.ts'
import type { LiveSnapshot, SnapshotWish } from '../../src/screen/live-snapshot.ts'
import { MemoryInput } from './memory-input.ts'
import { ROOT } from './project-root.ts'

export interface ObservedCapture {
  /** In fixtures/kernel; several are merged by time. */
  readonly captures: readonly string[]
  /** Bytes of the one capture from one snapshot to the next; all by default. */
  readonly step?: number
  readonly asOf?: AsOf
  /** What the snapshot after so many steps is to hold. */
  readonly wish?: (step: number) => SnapshotWish
  /** The kernel's count of drops. */
  readonly drops?: number
  readonly name?: string
  readonly filter?: string
}

export const FIRST_WISH: SnapshotWish = { connectionSort: 'trouble', ladder: null }

/** Snapshots of a run over captures, as if they were an interface: one after each step, which takes a second. */
export async function observedCapture(given: ObservedCapture): Promise<LiveSnapshot[]> {
  const { asOf, wish = () => FIRST_WISH, name = 'eth0', filter } = given
  const source = await opened(given)
  const snapshots: LiveSnapshot[] = []
  let observer: LiveObserver | undefined
  const onRead = (run: RunProgress): void => {
    const means: ObserverMeans = { clock: () => 1e9 * (1 + snapshots.length), memory: () => 64e6 }
    const facts = {
      name,
      filter,
      kernelDrops: given.drops,
      get epoch() {
        return source.epoch
      },
    }
    observer ??= new LiveObserver(run, facts, means)
    snapshots.push(observer.snapshot(wish(snapshots.length)))
  }
  await auditCapture(source, { onConnection: () => {}, onRead, asOf })
  await source.close()
  return snapshots
}

async function opened({ captures, step }: ObservedCapture): Promise<CaptureSource> {
  const paths = captures.map((capture) => join(ROOT, 'fixtures/kernel', capture))
  const [path = ''] = paths
  if (step === undefined) return openCaptures(paths)
  return openInput(path, new MemoryInput(await readFile(path), step), { readLength: step })
}
