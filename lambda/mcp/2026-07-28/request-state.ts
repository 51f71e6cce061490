/**
 * `requestState`: the state of a call that asks for input, until its retry. The client carries it, sealed
 * (Multi Round-Trip Requests, Server Requirements). A state too long to be carried goes to the payload store, sealed
 * as well, and the client carries its key.
 */
import type { Caller } from '../../engine/model.ts';
import { digestJson } from '../../json/canonical-json.ts';
import type { SealBinding, Sealer } from '../../seal/index.ts';
import type { CallState } from '../call/state.ts';
import type { Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';

/** How long a client may take to answer the questions of one round trip (ms). */
export const REQUEST_STATE_TTL_MS = 3_600_000;

/** Longest `requestState` that is handed out (characters): a client stores it and sends it back with its answers. */
export const MAX_REQUEST_STATE_LENGTH = 32_768;

/** Binds the state to its caller and call: owner, client, tool and arguments must be the same on the retry. */
export const buildStateBinding = (caller: Caller, tool: string, args: unknown): SealBinding => ({
  purpose: 'requestState',
  bound: [caller.owner ?? '', caller.client ?? '', tool, digestJson(args ?? {})],
});

/** A sealed text that opens to this holds the key of the state instead of the state. */
interface StateReference {
  readonly at: string;
}

export async function sealState(
  { sealer, payloads, createCallId, now }: Pick<Services, 'sealer' | 'payloads' | 'createCallId' | 'now'>,
  binding: SealBinding,
  state: CallState,
): Promise<string> {
  const expiresAt = now() + REQUEST_STATE_TTL_MS;
  const sealed = await sealer.seal(binding, JSON.stringify(state), expiresAt);
  if (sealed.length <= MAX_REQUEST_STATE_LENGTH) return sealed;
  const reference: StateReference = { at: `state/${createCallId()}` };
  await payloads.put(reference.at, sealed);
  return sealer.seal(binding, JSON.stringify(reference), expiresAt);
}

/** @throws Refusal -32602, the same for a state that is forged, expired, another caller's or another call's */
export async function openState(
  { sealer, payloads, now }: Pick<Services, 'sealer' | 'payloads' | 'now'>,
  binding: SealBinding,
  requestState: unknown,
): Promise<CallState> {
  const time = now();
  const unsealed =
    typeof requestState === 'string' && requestState.length <= MAX_REQUEST_STATE_LENGTH
      ? await unsealJson<CallState | StateReference>(sealer, binding, requestState, time)
      : undefined;
  const state =
    unsealed && 'at' in unsealed
      ? await unsealJson<CallState>(sealer, binding, await payloads.get(unsealed.at), time)
      : unsealed;
  if (state === undefined)
    throw refuseParams(
      'requestState is not valid for this call, or it has expired: call the tool again without requestState and inputResponses.',
      { reason: 'invalid_request_state' },
    );
  return state;
}

async function unsealJson<T>(
  sealer: Sealer,
  binding: SealBinding,
  sealed: string,
  now: number,
): Promise<T | undefined> {
  const text = await sealer.open(binding, sealed, now);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
