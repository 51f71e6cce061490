/** The session id of these revisions: the client's profile, sealed, so that no instance has to remember it. */
import type { Caller } from '../../engine/model.ts';
import type { SealBinding } from '../../seal/index.ts';
import type { InputCapabilities } from '../../tasks/record.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import { Refusal } from '../failure.ts';
import { getHeader } from '../headers.ts';

/** The client's declarations at `initialize`. Session ids hold it as JSON: fields may be added, but not renamed. */
export interface ClientProfile {
  readonly version: string;
  readonly can: InputCapabilities;
}

/** The profile of a client without a session: nothing is known of it, so it is asked nothing. */
const UNKNOWN_CLIENT: ClientProfile = { version: '', can: {} };

/** How long an id is valid (ms). A client that gets 404 initializes again. */
const SESSION_LIFETIME_MS = 30 * 24 * 3_600_000;
/** Ours have a few hundred characters. */
const MAX_SESSION_ID_LENGTH = 2_048;
/** The official SDK's code. */
const SESSION_NOT_FOUND = -32001;

const buildSessionBinding = ({ owner }: Caller): SealBinding => ({ purpose: 'session', bound: [owner ?? ''] });

export const sealSession = (
  { sealer, now }: Pick<Services, 'sealer' | 'now'>,
  caller: Caller,
  profile: ClientProfile,
): Promise<string> => sealer.seal(buildSessionBinding(caller), JSON.stringify(profile), now() + SESSION_LIFETIME_MS);

/**
 * The profile of the client; {@link UNKNOWN_CLIENT} for one that sends no session id.
 * @throws Refusal 404 for an id that is forged, expired or another caller's (Streamable HTTP, Session Management)
 */
export async function openSession(
  { headers, caller }: Pick<HttpMessage, 'headers' | 'caller'>,
  { sealer, now }: Pick<Services, 'sealer' | 'now'>,
): Promise<ClientProfile> {
  const id = getHeader(headers, 'Mcp-Session-Id');
  if (id === undefined) return UNKNOWN_CLIENT;
  const text =
    id.length <= MAX_SESSION_ID_LENGTH ? await sealer.open(buildSessionBinding(caller), id, now()) : undefined;
  if (text === undefined) throw new Refusal(404, SESSION_NOT_FOUND, 'Session not found: initialize again.');
  return JSON.parse(text) as ClientProfile;
}

/** The session of a request, opened when it is first needed and only once. */
export function createSessionOpener(message: HttpMessage, services: Services): () => Promise<ClientProfile> {
  let session: Promise<ClientProfile> | undefined;
  return () => {
    session ??= openSession(message, services);
    return session;
  };
}
