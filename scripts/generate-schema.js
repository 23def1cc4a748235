import { createGenerator } from 'ts-json-schema-generator'

/** The documents that tcpaudit prints, each a type of src/report and a file of schema/. */
const DOCUMENTS = [
  {
    file: 'report',
    type: 'ReportDocument',
    source: 'src/report/report-document.ts',
    title: 'tcpaudit file --json',
  },
  {
    file: 'connection',
    type: 'ConnectionReportDocument',
    source: 'src/report/report-document.ts',
    title: 'tcpaudit file --connection ID --json',
  },
  {
    file: 'packet',
    type: 'PacketReportDocument',
    source: 'src/report/packet-report-document.ts',
    title: 'tcpaudit file --packet N --json',
  },
  {
    file: 'stream',
    type: 'StreamLine',
    source: 'src/report/stream-document.ts',
    title: 'a line of tcpaudit file --ndjson',
  },
  {
    file: 'rules',
    type: 'RulesDocument',
    source: 'src/report/rules-document.ts',
    title: 'tcpaudit explain [RULE] --json',
  },
  {
    file: 'check',
    type: 'CheckDocument',
    source: 'src/check/check-document.ts',
    title: 'tcpaudit check --json',
  },
]

/**
 * schema/*.schema.json, from the types that the reports are written with. Open: a program that validates must take a
 * report of a later version, which may say more; the tests close them.
 */
export function renderSchemas() {
  return Object.fromEntries(
    DOCUMENTS.map(({ file, type, source, title }) => [
      `schema/${file}.schema.json`,
      `${JSON.stringify(schemaOf(file, type, source, title), null, 2)}\n`,
    ]),
  )
}

function schemaOf(file, type, source, title) {
  const generator = createGenerator({
    path: source,
    type,
    tsconfig: 'tsconfig.build.json',
    topRef: false,
    additionalProperties: true,
    skipTypeCheck: true,
  })
  const { $schema, description, ...schema } = generator.createSchema(type)
  return { $schema, $id: `urn:tcpaudit:schema:${file}@1`, title, description, ...schema }
}
