import { describe, expect, it } from 'vitest'
import { fileCommandText } from '../../src/report/file-command.ts'
import { captureFacts } from '../support/report-builder.ts'

const facts = captureFacts()
const [source] = facts.sources
if (source === undefined) throw new Error('no source')

describe('the command that reads an input again', () => {
  it('names every capture as a shell takes it', () => {
    const sources = [
      { ...source, name: 'a b.pcap' },
      { ...source, name: 'c.pcap' },
    ]
    expect(fileCommandText({ ...facts, sources })).toBe("tcpaudit file 'a b.pcap' c.pcap")
  })

  it('repeats the filter: numbers of connections go with it', () => {
    const sources = [{ ...source, name: 'a.pcap', filter: 'tcp port 80' }]
    expect(fileCommandText({ ...facts, sources })).toBe("tcpaudit file a.pcap --filter 'tcp port 80'")
  })

  it('is none for an interface', () => {
    const sources = [{ ...source, name: 'eth0', listening: { backend: 'libpcap' } as never }]
    expect(fileCommandText({ ...facts, sources })).toBeUndefined()
  })
})
