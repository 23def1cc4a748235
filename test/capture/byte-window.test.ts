import { describe, expect, it } from 'vitest'
import { type ByteInput, ByteWindow, MAX_CARRIED_LENGTH, NOTHING_YET } from '../../src/capture/byte-window.ts'
import { MemoryInput } from '../support/memory-input.ts'

const counting = (length: number) => Uint8Array.from({ length }, (_, index) => index)

function bytesIn(window: ByteWindow): number[] {
  return [...new Uint8Array(window.view.buffer, window.position, window.end - window.position)]
}

describe('fill', () => {
  it('puts new bytes behind those that were not consumed', async () => {
    const window = new ByteWindow(new MemoryInput(counting(30)), 10)
    await window.fill()
    expect(bytesIn(window)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    window.position += 7
    await window.fill()
    expect(bytesIn(window)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    expect(window.offset).toBe(7)
  })

  it('leaves everything as it is while the input has nothing yet, and does not read ahead where it must not', async () => {
    const pieces = [[1, 2, 3], undefined, [4], undefined, []]
    const asked: number[] = []
    const input: ByteInput = {
      readsAhead: false,
      read: async (buffer, offset) => {
        asked.push(pieces.length)
        const piece = pieces.shift()
        if (piece !== undefined) buffer.set(piece, offset)
        return piece?.length ?? NOTHING_YET
      },
      close: async () => {},
    }
    const window = new ByteWindow(input, 10)
    await window.fill()
    expect(asked).toEqual([5])
    window.position += 2
    for (const bytes of [[3], [3, 4], [3, 4]]) {
      await window.fill()
      expect(bytesIn(window)).toEqual(bytes)
      expect(window.ended).toBe(false)
    }
    expect(window.offset).toBe(2)
    await window.fill()
    expect([bytesIn(window), window.ended]).toEqual([[3, 4], true])
  })

  it('keeps everything when nothing was consumed', async () => {
    const window = new ByteWindow(new MemoryInput(counting(25)), 10)
    while (!window.ended) await window.fill()
    expect(bytesIn(window)).toEqual([...counting(25)])
    expect(window.offset).toBe(0)
  })

  it('drops what was skipped beyond the end', async () => {
    const window = new ByteWindow(new MemoryInput(counting(40)), 10)
    await window.fill()
    window.position += 33
    while (window.position >= window.end) await window.fill()
    expect(bytesIn(window)).toEqual([33, 34, 35, 36, 37, 38, 39])
    expect(window.offset).toBe(33)
  })

  it('leaves the bytes in place at the end of the input', async () => {
    const window = new ByteWindow(new MemoryInput(counting(4)), 10)
    await window.fill()
    const { view } = window
    await window.fill()
    await window.fill()
    expect(window.ended).toBe(true)
    expect(window.view).toBe(view)
    expect(bytesIn(window)).toEqual([0, 1, 2, 3])
  })

  it('goes back and forth between two buffers', async () => {
    const window = new ByteWindow(new MemoryInput(new Uint8Array(200)), 10)
    const buffers = new Set<ArrayBufferLike>()
    while (!window.ended) {
      await window.fill()
      window.position = window.end
      buffers.add(window.view.buffer)
    }
    expect(buffers.size).toBe(2)
  })

  it('refuses to carry more than it has room for', async () => {
    const window = new ByteWindow(new MemoryInput(new Uint8Array(3 * MAX_CARRIED_LENGTH)), MAX_CARRIED_LENGTH)
    await window.fill()
    await window.fill()
    await expect(window.fill()).rejects.toThrow('left unconsumed')
  })

  it('reports an error of the read-ahead when its bytes are wanted', async () => {
    let reads = 0
    const input: ByteInput = {
      read: async () => {
        reads++
        if (reads === 2) throw new Error('disk on fire')
        return 10
      },
      close: async () => {},
    }
    const window = new ByteWindow(input, 10)
    await window.fill()
    await new Promise((resolve) => setImmediate(resolve))
    expect(reads).toBe(2)
    await expect(window.fill()).rejects.toThrow('disk on fire')
    await window.close()
  })
})

describe('close', () => {
  it('closes the input once and ends reading', async () => {
    const input = new MemoryInput(counting(30))
    const window = new ByteWindow(input, 10)
    await window.fill()
    await window.close()
    await window.close()
    expect(input.isClosed).toBe(true)
    const { end } = window
    await window.fill()
    expect(window.end).toBe(end)
  })
})
