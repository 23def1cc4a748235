import { describe, expect, it } from 'vitest'
import { FIRST_VIEW, type KeyContext, type LiveView, pressKey, wishOf } from '../../src/screen/live-view.ts'

const THERE: KeyContext = {
  findings: ['a:1', 'b:2', 'c:3'],
  connections: [5, 7, 9],
  ofFinding: [7, 9],
  scrollEnd: 10,
  pageStep: 4,
}

function viewAfter(
  keys: readonly string[],
  context: KeyContext = THERE,
  view: LiveView = FIRST_VIEW,
): LiveView {
  return keys.reduce((current, key) => pressKey(current, key, context).view, view)
}

describe('a list', () => {
  it('keeps what was chosen when others come before it', () => {
    const view = viewAfter(['down'])
    expect(view.finding?.id).toBe('b:2')
    const later = { ...THERE, findings: ['new:8', 'new:9', ...THERE.findings] }
    expect(viewAfter(['down'], later, view).finding?.id).toBe('c:3')
    expect(viewAfter(['up'], later, view).finding?.id).toBe('a:1')
  })

  it('goes on from where the chosen one stood when it is gone', () => {
    const view = viewAfter(['end'])
    expect(viewAfter(['up'], { ...THERE, findings: ['a:1', 'b:2'] }, view).finding?.id).toBe('a:1')
  })

  it('follows what comes first until something is chosen, and again from Home or Esc on', () => {
    expect(viewAfter(['down', 'home']).finding).toBeNull()
    expect(viewAfter(['down', 'escape']).finding).toBeNull()
    expect(viewAfter(['tab', 'down', 'g']).connection).toBeNull()
  })

  it('ends at its ends', () => {
    expect(viewAfter(['up']).finding?.id).toBe('a:1')
    expect(viewAfter(['page-down', 'page-down', 'down']).finding?.id).toBe('c:3')
    expect(viewAfter(['down'], { ...THERE, findings: [] }).finding).toBeNull()
    expect(viewAfter(['enter'], { ...THERE, findings: [] }).pages).toEqual([])
  })

  it('is sorted otherwise, in turn and back', () => {
    expect(viewAfter(['s']).findingSort).toBe('last seen')
    expect(viewAfter(['s', 'S']).findingSort).toBe('newest')
    expect(viewAfter(['S']).findingSort).toBe('count')
    expect(wishOf(viewAfter(['tab', 's', 's'])).connectionSort).toBe('bytes')
    expect(viewAfter(['tab', 's']).findingSort).toBe('newest')
  })
})

describe('Enter', () => {
  it('opens a finding, then the ladder of its first connection; Esc leads back', () => {
    const finding = viewAfter(['down', 'enter'])
    expect(finding.pages).toEqual([{ kind: 'finding', id: 'b:2', scroll: 0 }])
    const ladder = viewAfter(['enter'], THERE, finding)
    expect(wishOf(ladder).ladder).toBe(7)
    expect(viewAfter(['escape'], THERE, ladder).pages).toEqual(finding.pages)
    expect(wishOf(viewAfter(['escape'], THERE, ladder)).ladder).toBeNull()
  })

  it('opens the first connection where none was chosen', () => {
    expect(wishOf(viewAfter(['tab', 'enter'])).ladder).toBe(5)
  })
})

describe('a ladder', () => {
  const ladder = viewAfter(['tab', 'enter'])

  it('follows what comes, until one goes up, and again from its end on', () => {
    expect(ladder.pages.at(-1)?.scroll).toBeNull()
    expect(viewAfter(['up'], THERE, ladder).pages.at(-1)?.scroll).toBe(9)
    expect(viewAfter(['up', 'down'], THERE, ladder).pages.at(-1)?.scroll).toBeNull()
    expect(viewAfter(['home', 'end'], THERE, ladder).pages.at(-1)?.scroll).toBeNull()
  })

  it('is frozen by itself, and not for longer than it is open', () => {
    const frozen = viewAfter(['f'], THERE, ladder)
    expect([frozen.isLadderFrozen, frozen.isFrozen]).toEqual([true, false])
    expect(viewAfter(['escape'], THERE, frozen).isLadderFrozen).toBe(false)
    expect(viewAfter(['f']).isFrozen).toBe(true)
  })

  it('stays open under the help', () => {
    expect(wishOf(viewAfter(['?'], THERE, ladder)).ladder).toBe(5)
    expect(viewAfter(['?', '?'], THERE, ladder)).toEqual(ladder)
  })
})

it.each([
  ['q', 'quit'],
  ['ctrl-c', 'quit'],
  ['ctrl-z', 'suspend'],
  ['ctrl-l', 'redraw'],
  ['x', undefined],
])('%s asks for %s, whatever is open', (key, action) => {
  for (const view of [FIRST_VIEW, viewAfter(['enter']), viewAfter(['tab', 'enter']), viewAfter(['?'])]) {
    expect(pressKey(view, key, THERE).action).toBe(action)
  }
})
