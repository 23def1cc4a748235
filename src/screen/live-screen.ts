import type { Colors } from 'picocolors/types.js'
import type { LiveSnapshot, SnapshotWish } from './live-snapshot.ts'
import { FIRST_VIEW, type LiveView, pressKey, type ScreenAction, wishOf } from './live-view.ts'
import { KeyReader, type ScreenKey } from './screen-key.ts'
import { keyContext, screenLines } from './screen-lines.ts'
import { Terminal, type TerminalEnds } from './terminal.ts'

/** Milliseconds between two screens; more, if making one takes more than a tenth of that. */
const INTERVAL = 250
const COST_SHARE = 10
/** Milliseconds after which an ESC that nothing followed was the key. */
const ESCAPE_WAIT = 50

export interface LiveScreenNeeds {
  readonly ends: TerminalEnds
  readonly colors: Colors
  snapshot(wish: SnapshotWish): LiveSnapshot
  /** The run is to end: somebody wants it to, or nobody is there any more. */
  onQuit(): void
  /** A fault of ours; the terminal has been given back. */
  onFault(error: unknown): void
}

/** The screen of a live run: draws it a few times a second, and does what keys ask for. */
export class LiveScreen {
  readonly #needs: LiveScreenNeeds
  readonly #terminal: Terminal
  readonly #keys = new KeyReader()
  #view: LiveView = FIRST_VIEW
  #latest: LiveSnapshot | undefined
  /** What the lists and the ladder show while they are frozen. */
  #frozen: LiveSnapshot | undefined
  #frozenLadder: LiveSnapshot | undefined
  #refresh: NodeJS.Timeout | undefined
  #escape: NodeJS.Timeout | undefined
  #isOpen = false

  constructor(needs: LiveScreenNeeds) {
    this.#needs = needs
    this.#terminal = new Terminal(needs.ends, {
      onText: (text) => this.#guard(() => this.#type(this.#keys.read(text))),
      onStale: () => this.#guard(() => this.#draw()),
      onGone: () => this.#quit(),
    })
  }

  open(): void {
    this.#isOpen = true
    this.#guard(() => {
      this.#terminal.open()
      this.#look()
    })
  }

  /** Gives the terminal back. May be called again. */
  close(): void {
    this.#isOpen = false
    clearTimeout(this.#refresh)
    clearTimeout(this.#escape)
    this.#terminal.close()
  }

  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.close()
      this.#needs.onFault(error)
    }
  }

  #quit(): void {
    this.close()
    this.#needs.onQuit()
  }

  /** A new snapshot, drawn; and the next one in a while. */
  #look(): void {
    if (!this.#isOpen) return
    clearTimeout(this.#refresh)
    const start = performance.now()
    this.#latest = this.#needs.snapshot(wishOf(this.#view))
    this.#draw()
    const took = performance.now() - start
    this.#refresh = setTimeout(() => this.#guard(() => this.#look()), Math.max(INTERVAL, COST_SHARE * took))
  }

  #draw(): void {
    const snapshot = this.#shown()
    if (snapshot === undefined || !this.#isOpen) return
    this.#terminal.draw(screenLines(snapshot, this.#view, this.#terminal.size, this.#needs.colors))
  }

  /** What is seen: frozen or not, by what lies on top. */
  #shown(): LiveSnapshot | undefined {
    const isLadder = this.#view.pages.at(-1)?.kind === 'ladder'
    return (isLadder ? this.#frozenLadder : this.#frozen) ?? this.#latest
  }

  #type(keys: readonly ScreenKey[]): void {
    clearTimeout(this.#escape)
    for (const key of keys) if (this.#isOpen) this.#press(key)
    if (!this.#isOpen || !this.#keys.isWaiting) return
    this.#escape = setTimeout(() => this.#guard(() => this.#type(this.#keys.flush())), ESCAPE_WAIT)
  }

  #press(key: ScreenKey): void {
    const snapshot = this.#shown()
    if (snapshot === undefined) return
    const before = this.#view
    const context = keyContext(snapshot, before, this.#terminal.size, this.#needs.colors)
    const { view, action } = pressKey(before, key, context)
    this.#view = view
    if (view.isFrozen !== before.isFrozen) this.#frozen = view.isFrozen ? this.#latest : undefined
    if (view.isLadderFrozen !== before.isLadderFrozen) {
      this.#frozenLadder = view.isLadderFrozen ? this.#latest : undefined
    }
    if (action !== undefined) this.#act(action)
    else if (isOtherWish(wishOf(before), wishOf(view))) this.#look()
    else this.#draw()
  }

  #act(action: ScreenAction): void {
    switch (action) {
      case 'quit':
        this.#quit()
        return
      case 'redraw':
        this.#terminal.forget()
        this.#draw()
        return
      case 'suspend':
        this.#terminal.suspend(true)
    }
  }
}

function isOtherWish(a: SnapshotWish, b: SnapshotWish): boolean {
  return a.connectionSort !== b.connectionSort || a.ladder !== b.ladder
}
