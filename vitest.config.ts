import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/fast-check-seed.ts'],
    // A test's verdict must not depend on how fast the machine is.
    testTimeout: 0,
    hookTimeout: 0,
  },
})
