import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { validateXML } from 'xmllint-wasm'
import { ROOT } from './project-root.ts'

const FOLDER = join(ROOT, 'test/schemas')

/** What the formats that the SARIF schema names ask for. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => URL.canParse(text),
  'uri-reference': (text) =>
    /^[\w\-.~!$&'()*+,;=:@/?#%]*$/.test(text) && URL.canParse(text, 'https://example.org/'),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
  'date-time': (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
}

const ajv = new Ajv2020({ allErrors: true, strict: false, formats: FORMATS })
const validateSarif = ajv.compile(JSON.parse(readFileSync(join(FOLDER, 'sarif-2.1.0.json'), 'utf8')))

/** What the schema of SARIF 2.1.0 says against the document. */
export function sarifComplaints(text: string): string[] {
  if (validateSarif(JSON.parse(text))) return []
  return (validateSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** What libxml2 and Jenkins's schema of JUnit reports say against the documents. */
export async function junitComplaints(...texts: string[]): Promise<string[]> {
  const { errors } = await validateXML({
    xml: texts.map((contents, index) => ({ fileName: `${index}.xml`, contents })),
    schema: [readFileSync(join(FOLDER, 'jenkins-junit.xsd'), 'utf8')],
  })
  return errors.map(({ message }) => message)
}
