import type { Caller } from '../../engine/model.ts';
import type { SealBinding } from '../../seal/index.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import { getHeader } from '../2026-07-28/headers.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { Refusal } from '../failure.ts';

/** What the client said of itself. */
export interface ClientProfile {
  readonly version: string;
  readonly can: InputCapabilities;
}

/** Without a session nothing is known, so nothing is asked. */
export const UNKNOWN_CLIENT: ClientProfile = { version: '', can: {} };

/** How long an id is good for (ms). A client that meets 404 initializes again. */
const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;
/** Ours have a few hundred characters. */
const MAX_SESSION_ID_LENGTH = 2_048;
/** As the official SDK codes it. */
const SESSION_NOT_FOUND = -32001;

const buildSessionBinding = ({ owner }: Caller): SealBinding => ({ purpose: 'session', bound: [owner ?? ''] });

export const sealSession = ({ sealer, now }: Services, caller: Caller, profile: ClientProfile): Promise<string> =>
  sealer.seal(buildSessionBinding(caller), JSON.stringify(profile), now() + SESSION_LIFETIME_MS);

/**
 * The profile of the client; {@link UNKNOWN} for one that carries no id.
 * @throws Refusal 404 for an id that is forged, expired or somebody else's (Streamable HTTP, Session Management)
 */
export async function openSession(
  { headers, caller }: Pick<HttpMessage, 'headers' | 'caller'>,
  { sealer, now }: Services,
): Promise<ClientProfile> {
  const id = getHeader(headers, 'Mcp-Session-Id');
  if (id === undefined) return UNKNOWN_CLIENT;
  const text =
    id.length <= MAX_SESSION_ID_LENGTH ? await sealer.open(buildSessionBinding(caller), id, now()) : undefined;
  if (text === undefined) throw new Refusal(404, SESSION_NOT_FOUND, 'Session not found: initialize again.');
  return JSON.parse(text) as ClientProfile;
}
