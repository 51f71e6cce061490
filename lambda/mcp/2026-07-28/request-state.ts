/**
 * `requestState`: what a call that asks for input remembers until its retry. The client carries it, sealed
 * (Multi Round-Trip Requests, Server Requirements). What is too long to be carried is kept in the payload store,
 * sealed all the same, and the client carries where.
 */

import type { Caller } from '../../engine/model.ts';
import { digestJson } from '../../seal/canonical-json.ts';
import type { SealBinding, Sealer } from '../../seal/index.ts';
import { type Answer, isOutstanding, type Question } from '../../tasks/record.ts';
import type { RunHistory } from '../../tool/inline.ts';
import type { Services } from '../exchange.ts';
import { refuseParams } from '../failure.ts';

/** How far the call has come. */
export interface RequestState {
  /** The same over all round trips of the call; the task's id in the phase `task`. */
  readonly id: string;
  /** Whether `prepare` asks, the tool itself in a call that runs inline, or a task that the call waits for. */
  readonly phase: 'prepare' | 'run' | 'task';
  /** What `prepare` made of the arguments; absent where the call's own are used. */
  readonly prepared?: { readonly args: unknown };
  readonly history: RunHistory;
}

/** How long a client may take over the questions of one round trip (ms). */
export const REQUEST_STATE_TTL_MS = 3_600_000;

/** Longest `requestState` handed out (characters): a client keeps it and sends it back with its answers. */
export const MAX_REQUEST_STATE_LENGTH = 32_768;

/** Who may come back with the state, and for which call: all of it must be the same again. */
export const buildStateBinding = (caller: Caller, tool: string, args: unknown): SealBinding => ({
  purpose: 'requestState',
  bound: [caller.owner ?? '', caller.client ?? '', tool, digestJson(args ?? {})],
});

/** Where the state goes: to the client, or what of it is too long for that into the payload store. */
export type StateServices = Pick<Services, 'sealer' | 'payloads' | 'callId'>;

/** A sealed text that opens to this names the place of the state instead of being it. */
interface StateReference {
  readonly at: string;
}

export async function sealState(
  { sealer, payloads, callId }: StateServices,
  use: SealBinding,
  state: RequestState,
  now: number,
): Promise<string> {
  const expiresAt = now + REQUEST_STATE_TTL_MS;
  const sealed = await sealer.seal(use, JSON.stringify(state), expiresAt);
  if (sealed.length <= MAX_REQUEST_STATE_LENGTH) return sealed;
  const kept: StateReference = { at: `state/${callId()}` };
  await payloads.put(kept.at, sealed);
  return sealer.seal(use, JSON.stringify(kept), expiresAt);
}

/** @throws Refusal -32602, one answer for what is forged, expired, somebody else's or another call's */
export async function openState(
  { sealer, payloads }: Omit<StateServices, 'callId'>,
  use: SealBinding,
  requestState: unknown,
  now: number,
): Promise<RequestState> {
  const carried =
    typeof requestState === 'string' && requestState.length <= MAX_REQUEST_STATE_LENGTH
      ? await unsealJson<RequestState | StateReference>(sealer, use, requestState, now)
      : undefined;
  const state =
    carried && 'at' in carried
      ? await unsealJson<RequestState>(sealer, use, await payloads.get(carried.at), now)
      : carried;
  if (state === undefined)
    throw refuseParams(
      'requestState is not valid for this call, or it has expired: call the tool again without requestState and inputResponses.',
      { reason: 'invalid_request_state' },
    );
  return state;
}

async function unsealJson<T>(sealer: Sealer, use: SealBinding, sealed: string, now: number): Promise<T | undefined> {
  const text = await sealer.open(use, sealed, now);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

/** The history with what the client answered; keys that are not outstanding are ignored. */
export function addAnswers({ journal, questions }: RunHistory, answers: Readonly<Record<string, Answer>>): RunHistory {
  const answered = (key: string, question: Question): Question => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
    return answer && isOutstanding(question) ? { ...question, answer } : question;
  };
  return {
    journal,
    questions: Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, answered(key, question)])),
  };
}
