/** Which of the revisions with a handshake a request belongs to. */
import { getHeader, type HeaderMap } from '../headers.ts';

/** The only revision of this dialect that has tasks. */
export const REVISION_2025_11_25 = '2025-11-25';

/** The revision that the request names; `undefined` if it names none. */
export const readVersionHeader = (headers: HeaderMap): string | undefined => getHeader(headers, 'MCP-Protocol-Version');

/** Whether a request may be of 2025-11-25: it names this revision or none. Clients of older ones ask for no tasks. */
export const mayHaveTasks = (headers: HeaderMap): boolean =>
  (readVersionHeader(headers) ?? REVISION_2025_11_25) === REVISION_2025_11_25;
