/** The outcome of a call that ran inline, as one reply holds it. */

import { signLinks, storeLargeParts } from '../../payloads/deliver.ts';
import type { Outcome } from '../../tasks/record.ts';
import type { EngineContext } from './context.ts';

/** For a call that ran inline; nobody reads its outcome a second time. */
export const deliverOutcome =
  ({ payloads, settings, ids }: EngineContext) =>
  async (call: string, outcome: Outcome): Promise<Outcome> => {
    const place = `calls/${call}/result-${ids.token()}`;
    return signLinks(payloads, await storeLargeParts(payloads, outcome, settings.responseBytes, place));
  };
