import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Longest first, so that none of them is alone at the end; the first two mostly wait. */
const LONGEST = [
  'test/host/verify.test.ts',
  'test/live/scenarios.test.ts',
  'test/tracker/stream-numbers.test.ts',
  'test/live/flood.test.ts',
  'test/live/run.test.ts',
  'test/screen/live-on-tmux.test.ts',
  'test/audit/rules.test.ts',
  'test/cli/main.test.ts',
  'test/live/records.test.ts',
  'test/audit/false-alarms.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((path) => moduleId.endsWith(path))
      return at === -1 ? LONGEST.length : at
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check-seed.ts'],
    // A test's verdict must not depend on how fast the machine is.
    testTimeout: 0,
    hookTimeout: 0,
    // One more than there are cores: some tests wait for clocks.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
  },
})
