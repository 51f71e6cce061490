/**
 * The call machine: how far one request brings the call of a tool, whichever dialect it came by.
 *
 *     prepare ──▶ final arguments ──▶ inline run ──▶ outcome
 *      │   ▲                 │          │   ▲
 *      ▼   │                 │          ▼   │
 *     questions              │        questions
 *                            └──▶ start: as a task, or handed off (`task-call.ts`)
 *
 * With questions the call goes back to its client, and continues from its state when the answers come. The caller has
 * made all checks of its protocol and validated the arguments: nothing is written before.
 */
import { mergeAnswers } from '../../tasks/answers.ts';
import type { Answer, Era, InputCapabilities, Outcome, Questions } from '../../tasks/record.ts';
import { EMPTY_HISTORY, type RunHistory } from '../../tool/history.ts';
import { type InlineCall, runInline, runPrepare } from '../../tool/inline.ts';
import { mayHandOff } from '../../tool/model-tool-names.ts';
import { toThrowOutcome } from '../../tool/result.ts';
import type { Tool } from '../../tool/types.ts';
import type { HttpMessage, Services } from '../exchange.ts';
import type { WaitOptions } from '../model-tools/wait.ts';
import type { CallState, ResumedCall } from './state.ts';

/** One round of a call. */
export interface ToolCall extends WaitOptions {
  readonly tool: Tool;
  /** Validated against the tool's input schema. */
  readonly args: unknown;
  readonly era: Era;
  /** The kinds of question that the client accepts. */
  readonly canAsk: InputCapabilities;
  /**
   * `requested`: this call asks for a task. `declared`: the client knows tasks, and the tool decides. `none`: the
   * client is never shown a task, and the tool's `withoutTasks` decides.
   */
  readonly tasks: 'requested' | 'declared' | 'none';
  /** Absent in the first round. */
  readonly resumed?: ResumedCall;
  /** A random id for the call. */
  createCallId(): string;
}

/** The end of a round, as it is reported to the client. */
export type FinalStep =
  | { readonly is: 'outcome'; readonly outcome: Outcome }
  /** The outstanding questions must be answered; `state` must be remembered until then. */
  | { readonly is: 'asks'; readonly questions: Questions; readonly state: CallState };

/** How far a round came. `start`: there is nothing more to ask, and the task must be started with these arguments. */
export type CallStep = FinalStep | { readonly is: 'start'; readonly mode: 'task' | 'handOff'; readonly args: unknown };

/** Longest inline run (ms): the gateway gives up at 30 s. */
const MAX_INLINE_MS = 25_000;

/** The members of a call that come from the request and the services. */
export const toCallOptions = (
  { caller, deadline }: HttpMessage,
  { engine, now, wait, createCallId }: Services,
): WaitOptions & Pick<ToolCall, 'createCallId'> => ({ engine, caller, deadline, now, wait, createCallId });

/** Advance a call that is not in the phase `task`. @throws the errors of `Engine.deliverOutcome` */
export async function advanceCall(call: ToolCall): Promise<CallStep> {
  const { tool, resumed } = call;
  const history = resumed ? addAnswers(resumed.state.history, resumed.answers) : EMPTY_HISTORY;
  if (resumed?.state.phase === 'run') return runInCall(call, { ...resumed.state, history });
  if (!tool.prepare) return beginCall(call);
  const id = resumed?.state.id ?? call.createCallId();
  const end = await runPrepare(tool, toInlineCall(call, id, call.args, history));
  switch (end.end) {
    case 'ready':
      return beginCall(call, { id, prepared: { args: end.args } });
    case 'settled':
      return { is: 'outcome', outcome: end.outcome };
    case 'asks':
      return toAsksStep({ id, phase: 'prepare', history: end.history });
  }
}

/** The arguments are final: run the tool here, or have a task started. */
async function beginCall(call: ToolCall, begun: Partial<Pick<CallState, 'id' | 'prepared'>> = {}): Promise<CallStep> {
  const { prepared } = begun;
  const args = prepared ? prepared.args : call.args;
  let mode: CallMode;
  try {
    mode = await chooseMode(call, args);
  } catch (thrown) {
    return { is: 'outcome', outcome: toThrowOutcome(thrown, call.era) };
  }
  if (mode !== 'inline') return { is: 'start', mode, args };
  const id = begun.id ?? call.createCallId();
  return runInCall(call, { id, ...(prepared && { prepared }), history: EMPTY_HISTORY });
}

type CallMode = 'inline' | 'task' | 'handOff';

/** @throws whatever the tool's `decide` throws */
async function chooseMode({ tool, tasks, era, canAsk }: ToolCall, args: unknown): Promise<CallMode> {
  if (tasks === 'requested' || tool.taskSupport === 'required') return 'task';
  if (tool.taskSupport === 'forbidden') return 'inline';
  if (tasks === 'none') return mayHandOff(tool) ? 'handOff' : 'inline';
  if (!tool.decide) return 'task';
  return (await tool.decide(args, { era, capabilities: canAsk })) === 'inline' ? 'inline' : 'task';
}

/** Run the tool itself within the gateway's time limit. */
async function runInCall(
  call: ToolCall,
  { id, prepared, history }: Pick<CallState, 'id' | 'prepared' | 'history'>,
): Promise<CallStep> {
  const args = prepared ? prepared.args : call.args;
  const end = await runInline(call.tool, toInlineCall(call, id, args, history));
  if (end.end === 'settled') return { is: 'outcome', outcome: await call.engine.deliverOutcome(id, end.outcome) };
  return toAsksStep({ id, phase: 'run', ...(prepared && { prepared }), history: end.history });
}

const toInlineCall = (
  { era, canAsk, deadline, now }: ToolCall,
  id: string,
  args: unknown,
  history: RunHistory,
): InlineCall => ({
  id,
  args,
  era,
  capabilities: canAsk,
  history,
  budgetMs: Math.max(0, Math.min(MAX_INLINE_MS, deadline - now())),
});

const toAsksStep = (state: CallState): CallStep => ({ is: 'asks', questions: state.history.questions, state });

const addAnswers = ({ journal, questions }: RunHistory, answers: Readonly<Record<string, Answer>>): RunHistory => ({
  journal,
  questions: mergeAnswers(questions, answers) ?? questions,
});
