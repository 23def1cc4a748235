// Prints "N passed, N failed" (and ", N skipped" if there are any) from a file of vitest's JSON reporter, as the last
// line of .ci/run. Fails if a test failed or was skipped, if a test file could not be loaded, or if no test ran.
import { readFileSync } from 'node:fs'

const [path] = process.argv.slice(2)
const text = readFileSync(path, 'utf8')
if (text === '') {
  console.error('the tests were not run')
  process.exit(1)
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(text)
const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
const failed = numFailedTests + unloaded.length
const skipped = numPendingTests + numTodoTests
console.log(`${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed + skipped > 0 || numPassedTests === 0) process.exitCode = 1
