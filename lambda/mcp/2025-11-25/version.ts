/** Which of the revisions with a handshake a request is of. */
import { type Headers, headerOf } from '../2026-07-28/headers.ts';

/** The only revision of this dialect; older ones know no tasks. */
export const PROTOCOL_VERSION = '2025-11-25';

/** The revision that the request names; `undefined` when it names none. */
export const versionOf = (headers: Headers): string | undefined => headerOf(headers, 'MCP-Protocol-Version');

/** Whether a request may be of this revision: it says so, or says nothing. Clients of older ones ask for no tasks. */
export const mayHaveTasks = (headers: Headers): boolean =>
  (versionOf(headers) ?? PROTOCOL_VERSION) === PROTOCOL_VERSION;
