/** The outcome of an inline call, as one response holds it. */

import { signLinks, storeLargeParts } from '../../payloads/deliver.ts';
import type { Outcome } from '../../tasks/record.ts';
import type { EngineContext } from './context.ts';

/**
 * What does not fit in the response becomes links to files. No one reads the outcome a second time, so it is not stored.
 *
 * @param call the call's id
 */
export async function deliverOutcome(
  { payloads, settings, ids }: EngineContext,
  call: string,
  outcome: Outcome,
): Promise<Outcome> {
  const keyPrefix = `calls/${call}/result-${ids.token()}`;
  return signLinks(payloads, await storeLargeParts(payloads, outcome, settings.responseBytes, keyPrefix));
}
