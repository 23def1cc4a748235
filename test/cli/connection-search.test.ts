import { describe, expect, it } from 'vitest'
import { ConnectionSearch } from '../../src/cli/connection-search.ts'
import { connectionSummary, finished } from '../support/summary-builder.ts'

function search(id: number, ...ids: readonly number[]): ConnectionSearch {
  const found = new ConnectionSearch(id)
  for (const each of ids) found.add(finished(connectionSummary({ id: each })))
  return found
}

describe('ConnectionSearch', () => {
  it('finds a connection among others', () => {
    expect(search(7, 1, 7, 9).found().id).toBe(7)
  })

  it.each([
    [[9, 1, 12, 4], 'there is no connection 7: the nearest are 4 and 9'],
    [[1, 4], 'there is no connection 7: the nearest is 4'],
    [[30, 12], 'there is no connection 7: the nearest is 12'],
    [[], 'there is no connection 7: the capture holds no connections'],
  ])('names the nearest of %j', (ids, message) => {
    expect(() => search(7, ...ids).found()).toThrow(message)
  })
})
