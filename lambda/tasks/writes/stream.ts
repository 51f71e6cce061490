/** Asking over a stream: who asks a task's questions, and in-place calls that wait for their answers. */
import {
  allAnswered,
  askedByNoOther,
  atRevision,
  exists,
  heldByRun,
  noLiveLease,
  notExpired,
  notTerminal,
} from '../conditions.ts';
import { type InputCapabilities, type Payload, ROW_FORMAT, type TaskKey, type TaskRow } from '../record.ts';
import type { Change } from '../store.ts';
import { toTtlSeconds } from './create.ts';

/** A stream, and until when it is believed to have a reader (ms since the epoch). */
export interface AskingStream {
  readonly stream: string;
  readonly streamUntil: number;
}

/**
 * Makes this stream the one that asks the questions of this revision. No message may go out on two streams, so this is
 * written before a question is sent, and again while its reader keeps coming back.
 */
export const askChange = (key: TaskKey, now: number, revision: number, asking: AskingStream): Change => ({
  key,
  when: [exists, notTerminal, notExpired(now), atRevision(revision), askedByNoOther(asking.stream, now)],
  set: { ...asking },
});

/** An in-place call that asked: what is stored until its client has answered. */
export interface WaitingCall {
  readonly key: TaskKey;
  readonly nonce: string;
  readonly now: number;
  readonly client?: string;
  /** The tool, prompt or resource that was called, for the log. */
  readonly name: string;
  /** What is needed to continue it, as JSON. */
  readonly state: Payload;
  readonly questions: Payload;
  readonly capabilities: InputCapabilities;
  /** How long its client may take for all its answers (ms). */
  readonly lifetimeMs: number;
  readonly poll: { readonly min: number; readonly max: number };
  readonly asking: AskingStream;
  /** Whether anything is asked at all: a call may only have to continue later. */
  readonly asks: boolean;
}

/** Its row has the form of a task's, in a partition that holds no tasks. */
export const buildWaitingCallRow = (call: WaitingCall): TaskRow => ({
  ...call.key,
  v: ROW_FORMAT,
  generation: 1,
  failures: 0,
  revision: 0,
  entries: 0,
  nonce: call.nonce,
  status: toCallStatus(call.asks),
  createdAt: call.now,
  lastUpdatedAt: call.now,
  phaseAt: call.now,
  expiresAt: call.now + call.lifetimeMs,
  retentionMs: call.lifetimeMs,
  ttl: toTtlSeconds(call.now + call.lifetimeMs),
  tool: call.name,
  arguments: '{}',
  state: call.state,
  era: '2025-11-25',
  ...(call.client !== undefined && { client: call.client }),
  capabilities: call.capabilities,
  poll: call.poll,
  maxFailures: 1,
  questions: call.questions,
  ...call.asking,
});

const toCallStatus = (asks: boolean): 'input_required' | 'working' => (asks ? 'input_required' : 'working');

/** Continues an answered call, in this request and no other. If this one dies, another may continue after the lease. */
export const takeCallChange = (key: TaskKey, now: number, run: string, leaseUntil: number): Change => ({
  key,
  when: [exists, allAnswered, notExpired(now), noLiveLease(now)],
  set: { run, leaseUntil },
});

/** The call asks again. `state` replaces the stored one. */
export const askAgainChange = (
  key: TaskKey,
  now: number,
  run: string,
  next: { readonly state: Payload; readonly questions: Payload; readonly asks: boolean; readonly revision: number },
  asking: AskingStream,
): Change => ({
  key,
  when: [exists, notTerminal, notExpired(now), heldByRun(run)],
  set: {
    status: toCallStatus(next.asks),
    questions: next.questions,
    state: next.state,
    revision: next.revision + 1,
    lastUpdatedAt: now,
    phaseAt: now,
    endedBy: run,
    ...asking,
  },
  remove: ['run', 'leaseUntil'],
});

/** The call has ended; its outcome is stored so that a stream that broke off can get it again. */
export const endCallChange = (key: TaskKey, now: number, run: string, outcome: Payload): Change => ({
  key,
  when: [exists, notTerminal, notExpired(now), heldByRun(run)],
  set: { status: 'completed', outcome, lastUpdatedAt: now, endedBy: run },
  remove: ['run', 'leaseUntil', 'questions', 'stream', 'streamUntil'],
});
