#!/usr/bin/env node
import { main } from '../dist/bundled/tcpaudit.js'

process.exitCode = await main(process.argv.slice(2), process)
