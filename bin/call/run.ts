/** `npm run call`, but for the process it runs in. */
import type { TaskExecutionEvent, TaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import type { CallArguments } from './arguments.ts';
import { type Connection, connect } from './connection.ts';
import { describeFailure, describeRpc, type RpcFailure, rpcFailure } from './failure.ts';
import { answerOverResultStream, resultOfFailed } from './legacy.ts';
import { type Result, readableResult, readableTools } from './print.ts';
import { createAnswering } from './questions.ts';
import { createPatience } from './stall-detector.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = { ok: 0, toolError: 1, protocolError: 2, usage: 64, interrupted: 130 } as const;

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface CallSurroundings {
  readonly terminal: Terminal;
  /** One line to stdout. */
  readonly print: (words: string) => void;
  /** Aborted with `Interrupted` by Ctrl-C; anything here may abort it with another reason to stop. */
  readonly stop: AbortController;
}

/** How long a cancel, or the answer to a call that was interrupted, is waited for (ms). */
const PATIENCE_TO_CANCEL_MS = 10_000;
/** A server that asks without end, where nobody is there to notice. */
const ROUNDS_WITHOUT_TERMINAL = 50;

/** Call the tool, or list the tools; returns the exit status. */
export async function run(options: CallArguments, around: CallSurroundings): Promise<number> {
  const { terminal, print, stop } = around;
  const giveUp = (reason: Error) => stop.abort(reason);
  const patience = createPatience(giveUp);
  const answer = createAnswering(options.answers, terminal, giveUp);
  let connection: Connection | undefined;
  try {
    connection = await untilStopped(
      connect({
        url: options.url,
        headers: options.headers,
        onTask: patience.observe,
        ...(!terminal.interactive && { maxInputRounds: ROUNDS_WITHOUT_TERMINAL }),
        onInputRequest: async (request, context) => {
          const answered = await answer(request, context);
          if (context.inputId !== undefined) patience.answered(context.inputId);
          return answered;
        },
      }),
      stop.signal,
    );
    if (options.tool === undefined) {
      print(options.json ? JSON.stringify({ tools: connection.tools }, undefined, 2) : readableTools(connection.tools));
      return EXIT.ok;
    }
    return await callTool(connection, options.tool, options, around);
  } catch (error) {
    terminal.end();
    if (error instanceof Interrupted) return EXIT.interrupted;
    return reportFailure(rpcFailure(error), error, options, around);
  } finally {
    terminal.end();
    await connection?.close().catch(() => {});
  }
}

async function callTool(connection: Connection, tool: string, options: CallArguments, around: CallSurroundings) {
  const { session, generation } = connection;
  const { stop, terminal } = around;
  const timeout = options.timeoutMs && setTimeout(() => stop.abort(new Error('It took too long.')), options.timeoutMs);
  let taskId: string | undefined;
  terminal.status(`calling ${tool}`);
  try {
    const execution = await session.callTool(tool, options.args as Parameters<typeof session.callTool>[1], {
      signal: stop.signal,
      task: { preference: 'prefer' },
      // In 2025-11-25 the request for the result lasts as long as the task.
      ...(generation === 'v1' && { requestTimeoutMs: 2 ** 31 - 1 }),
    });
    taskId = execution.handle?.taskId;
    if (taskId !== undefined) terminal.line(`task ${taskId}`);
    const stream = generation === 'v1' && taskId !== undefined ? answerOverResultStream(connection, taskId) : undefined;
    const { outcome } = await execution.settle({
      signal: stop.signal,
      close: false,
      onEvent: (event) => {
        show(event, terminal);
        if (event.type === 'task') stream?.(event.task);
      },
    });
    if (outcome.status === 'completed' || !stop.signal.aborted)
      return await report(outcome, connection, options, around);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timeout);
  }
  return await stopTask(connection, taskId, around);
}

function show(event: TaskExecutionEvent<unknown>, terminal: Terminal): void {
  if (event.type !== 'task') return;
  const { status, statusMessage } = event.task;
  terminal.status(statusMessage ? `${status}: ${statusMessage}` : status);
}

async function report(
  outcome: TaskOutcome<unknown>,
  connection: Connection,
  options: CallArguments,
  around: CallSurroundings,
): Promise<number> {
  around.terminal.end();
  if (outcome.status === 'completed') return printResult(outcome.result as Result, options, around);
  if (outcome.status === 'cancelled') {
    around.terminal.line('The task was cancelled.');
    return EXIT.toolError;
  }
  // In 2025-11-25 a tool error, too, is a failed task: its result says which of the two it was.
  const result =
    connection.generation === 'v1' && outcome.task && (await resultOfFailed(connection, outcome.task.taskId));
  if (result) return printResult(result, options, around);
  const { code, message, data } = outcome.error;
  const failure = code === undefined ? undefined : { code, message, ...(data !== undefined && { data }) };
  return reportFailure(failure, outcome.error, options, around);
}

function printResult(result: Result, options: CallArguments, { terminal, print }: CallSurroundings): number {
  if (result.isError && !options.json) terminal.line('The tool failed:');
  print(options.json ? JSON.stringify(result, undefined, 2) : readableResult(result));
  return result.isError ? EXIT.toolError : EXIT.ok;
}

function reportFailure(
  failure: RpcFailure | undefined,
  error: unknown,
  { url, json }: CallArguments,
  { terminal, print }: CallSurroundings,
): number {
  terminal.line(failure ? describeRpc(failure) : describeFailure(error, url));
  if (json && failure) print(JSON.stringify({ error: failure }, undefined, 2));
  return EXIT.protocolError;
}

/** Cancel what was begun, and say why. */
async function stopTask(connection: Connection, taskId: string | undefined, { stop, terminal }: CallSurroundings) {
  const reason = stop.signal.reason as Error;
  terminal.end();
  if (!(reason instanceof Interrupted)) terminal.line(reason.message);
  const bound = AbortSignal.timeout(PATIENCE_TO_CANCEL_MS);
  try {
    if (taskId === undefined) {
      // The session cancels a task whose creation is answered after all.
      terminal.line('Stopping …');
      await untilStopped(connection.idle(), bound);
    } else {
      terminal.line('Cancelling the task …');
      await connection.session.cancelTask(taskId as Parameters<typeof connection.session.cancelTask>[0], bound);
      terminal.line('Cancelled.');
    }
  } catch (error) {
    terminal.line(`The task could not be cancelled: ${rpcFailure(error)?.message ?? (error as Error).message}`);
  }
  if (reason instanceof Interrupted) return EXIT.interrupted;
  return reason.name === 'GaveUp' ? EXIT.protocolError : EXIT.toolError;
}

function untilStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, stopped]);
}
