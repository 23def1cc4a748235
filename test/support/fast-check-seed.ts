import { configureGlobal } from 'fast-check'

/**
 * Property tests try the same cases on every run, so that a verdict can be repeated; TCPAUDIT_SEED=random (or a number)
 * tries others.
 */
const wanted = process.env['TCPAUDIT_SEED'] ?? '793'
if (wanted !== 'random') configureGlobal({ seed: Number(wanted) })
