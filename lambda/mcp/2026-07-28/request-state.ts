/**
 * `requestState`: what a call that asks for input remembers until its retry. The client carries it, sealed;
 * nothing is kept here (Multi Round-Trip Requests, Server Requirements).
 */
import { createHash } from 'node:crypto';
import type { Caller } from '../../engine/engine.ts';
import type { Sealer, Use } from '../../seal/index.ts';
import { type Answer, isOutstanding, type Question } from '../../tasks/record.ts';
import type { RunHistory } from '../../tool/inline.ts';
import { CODE, invalidParams, Refusal } from '../failure.ts';
import { isObject, type JsonObject } from '../rpc.ts';

/** How far the call has come. */
export interface CallState {
  /** The same over all round trips of the call. */
  readonly id: string;
  /** Whether `prepare` asks, or the tool itself in a call that runs inline. */
  readonly phase: 'prepare' | 'run';
  /** What `prepare` made of the arguments; absent where the call's own are used. */
  readonly prepared?: { readonly args: unknown };
  readonly history: RunHistory;
}

/** How long a client may take over the questions of one round trip (ms). */
export const REQUEST_STATE_TTL_MS = 3_600_000;

/** Longest `requestState` handed out (characters). */
export const REQUEST_STATE_MAX = 32_768;

/** Who may come back with the state, and for which call: all of it must be the same again. */
export const useFor = (caller: Caller, tool: string, args: unknown): Use => ({
  purpose: 'requestState',
  bound: [caller.owner ?? '', caller.client ?? '', tool, digest(args)],
});

/** @throws Refusal -32603 when the call remembers more than a client can carry */
export async function sealState(sealer: Sealer, use: Use, state: CallState, now: number): Promise<string> {
  const sealed = await sealer.seal(use, JSON.stringify(state), now + REQUEST_STATE_TTL_MS);
  if (sealed.length > REQUEST_STATE_MAX)
    throw new Refusal(
      200,
      CODE.internalError,
      `The call has recorded more than requestState can carry (${sealed.length} of ${REQUEST_STATE_MAX} characters): ` +
        'call the tool as a task, by declaring the extension io.modelcontextprotocol/tasks.',
    );
  return sealed;
}

/** @throws Refusal -32602, one answer for what is forged, expired, somebody else's or another call's */
export async function openState(sealer: Sealer, use: Use, requestState: unknown, now: number): Promise<CallState> {
  const text =
    typeof requestState === 'string' && requestState.length <= REQUEST_STATE_MAX
      ? await sealer.open(use, requestState, now)
      : undefined;
  if (text === undefined)
    throw invalidParams(
      'requestState is not valid for this call, or it has expired: call the tool again without requestState and inputResponses.',
      { reason: 'invalid_request_state' },
    );
  return JSON.parse(text) as CallState;
}

/** The history with what the client answered; keys that are not outstanding are ignored. */
export function withAnswers({ journal, questions }: RunHistory, answers: Readonly<Record<string, Answer>>): RunHistory {
  const answered = (key: string, question: Question): Question => {
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
    return answer && isOutstanding(question) ? { ...question, answer } : question;
  };
  return {
    journal,
    questions: Object.fromEntries(Object.entries(questions).map(([key, question]) => [key, answered(key, question)])),
  };
}

/** Digest of a call's arguments; the order in which a client writes their members does not count. */
export const digest = (args: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(args ?? {})))
    .digest('base64url');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const members: [string, unknown][] = Object.entries(value as JsonObject);
  // As pairs: an object would put members that look like numbers first, whatever the order.
  return {
    members: members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, item]) => [key, sorted(item)]),
  };
}
