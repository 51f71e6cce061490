/** An outcome as one response to a client holds it: what does not fit is stored as files before anything links to them. */
import type { Outcome } from '../tasks/record.ts';
import { fillLinkUrls, fitOutcome, LINK_SECONDS, type StoredOutcome } from './large-result.ts';
import type { Payloads } from './payloads.ts';

/** @param keyPrefix of the files' keys; contains a token of its writer, so that no key is written twice */
export async function storeLargeParts(
  { files }: Payloads,
  outcome: Outcome,
  maxBytes: number,
  keyPrefix: string,
): Promise<StoredOutcome> {
  if (!files) return outcome;
  return fitOutcome(outcome, maxBytes, async ({ name, mediaType, bytes }) => {
    const key = `${keyPrefix}/${name}`;
    await files.put(key, bytes, mediaType);
    return key;
  });
}

/** Fills in freshly signed URLs, valid for at most `seconds`. */
export async function signLinks({ files }: Payloads, stored: StoredOutcome, seconds = LINK_SECONDS): Promise<Outcome> {
  return fillLinkUrls(stored, async (key) => {
    if (!files) throw new Error(`Part of a result is stored at ${key}, but no file store is configured.`);
    return files.url(key, Math.max(1, Math.min(LINK_SECONDS, Math.floor(seconds))));
  });
}
