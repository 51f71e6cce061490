/** Which of the revisions with a handshake a request is of. */
import { getHeader, type HeaderMap } from '../2026-07-28/headers.ts';

/** The only revision of this dialect; older ones know no tasks. */
export const REVISION_2025_11_25 = '2025-11-25';

/** The revision that the request names; `undefined` when it names none. */
export const readVersionHeader = (headers: HeaderMap): string | undefined => getHeader(headers, 'MCP-Protocol-Version');

/** Whether a request may be of this revision: it says so, or says nothing. Clients of older ones ask for no tasks. */
export const mayHaveTasks = (headers: HeaderMap): boolean =>
  (readVersionHeader(headers) ?? REVISION_2025_11_25) === REVISION_2025_11_25;
