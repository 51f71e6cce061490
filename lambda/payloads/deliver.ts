/** An outcome as one answer to a client holds it: what does not fit is kept as files, before anything links to them. */
import type { Outcome } from '../tasks/record.ts';
import { fillLinkUrls, fitOutcome, LINK_SECONDS, type StoredOutcome } from './large-result.ts';
import type { Payloads } from './payloads.ts';

/** @param place start of the files' keys; holds a token of its writer, so that no key is written twice */
export async function storeLargeParts(
  { files }: Payloads,
  outcome: Outcome,
  responseBytes: number,
  place: string,
): Promise<StoredOutcome> {
  if (!files) return outcome;
  return fitOutcome(outcome, responseBytes, async ({ name, mediaType, bytes }) => {
    const key = `${place}/${name}`;
    await files.put(key, bytes, mediaType);
    return key;
  });
}

/** With URLs of now, for so many seconds at most. */
export const signLinks = ({ files }: Payloads, kept: StoredOutcome, seconds = LINK_SECONDS): Promise<Outcome> =>
  fillLinkUrls(kept, async (key) => {
    if (!files) throw new Error(`A part of a result is kept at ${key}, but no file store is configured.`);
    return files.url(key, Math.max(1, Math.min(LINK_SECONDS, Math.floor(seconds))));
  });
