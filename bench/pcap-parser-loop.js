// The npm package pcap-parser counting packets and doing nothing else: what reading alone costs with it.
//
//   node bench/pcap-parser-loop.js FILE

import pcapParser from 'pcap-parser'

const file = process.argv[2]
if (file === undefined) throw new Error('usage: pcap-parser-loop.js FILE')
let packets = 0
let bytes = 0
const parser = pcapParser.parse(file)
parser.on('packet', (packet) => {
  packets++
  bytes += packet.header.originalLength
})
parser.on('end', () => console.log(`${packets} packets, ${bytes} bytes`))
