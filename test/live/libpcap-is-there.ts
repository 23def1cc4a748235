import { createRequire } from 'node:module'
import { loadLibpcap } from '../../src/live/libpcap.ts'
import { isAvailable } from '../support/availability.ts'

export function libpcapIsThere(): boolean {
  try {
    loadLibpcap()
    return true
  } catch {
    return isAvailable('libpcap (or the package koffi)', false)
  }
}

/** Root, to make namespaces and to capture in them. */
export function mayMakeNamespaces(): boolean {
  return isAvailable('root, to make network namespaces,', process.getuid?.() === 0) && libpcapIsThere()
}

export function capIsBuilt(): boolean {
  try {
    createRequire(import.meta.url)('cap')
    return true
  } catch {
    return false
  }
}
