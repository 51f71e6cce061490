/** `npm run call`, but for the process it runs in. */
import type { TaskExecutionEvent, TaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import type { CallArguments } from './arguments.ts';
import { type Connection, connect } from './connection.ts';
import { describeConnectionFailure, describeRpcFailure, findRpcFailure, type RpcFailure } from './failure.ts';
import { answerOverResultStream, fetchFailedResult } from './legacy.ts';
import { type CallResult, formatCallResult, formatToolList } from './print.ts';
import { createInputHandler } from './questions.ts';
import { createStallDetector } from './stall-detector.ts';
import type { Terminal } from './terminal.ts';

export const EXIT_STATUS = { ok: 0, toolError: 1, protocolError: 2, usage: 64, interrupted: 130 } as const;

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface CallIO {
  readonly terminal: Terminal;
  /** One line to stdout. */
  readonly print: (words: string) => void;
  /** Aborted with `Interrupted` by Ctrl-C; anything here may abort it with another reason to stop. */
  readonly stop: AbortController;
}

/** How long a cancel, or the answer to a call that was interrupted, is waited for (ms). */
const CANCEL_TIMEOUT_MS = 10_000;
/** A server that asks without end, where nobody is there to notice. */
const MAX_UNATTENDED_ROUNDS = 50;

/** Call the tool, or list the tools; returns the exit status. */
export async function runCallCommand(options: CallArguments, around: CallIO): Promise<number> {
  const { terminal, print, stop } = around;
  const giveUp = (reason: Error) => stop.abort(reason);
  const patience = createStallDetector(giveUp);
  const answer = createInputHandler(options.answers, terminal, giveUp);
  let connection: Connection | undefined;
  try {
    connection = await waitUnlessAborted(
      connect({
        url: options.url,
        headers: options.headers,
        onTask: patience.observe,
        ...(!terminal.interactive && { maxInputRounds: MAX_UNATTENDED_ROUNDS }),
        onInputRequest: async (request, context) => {
          const answered = await answer(request, context);
          if (context.inputId !== undefined) patience.markAnswered(context.inputId);
          return answered;
        },
      }),
      stop.signal,
    );
    if (options.tool === undefined) {
      print(
        options.json ? JSON.stringify({ tools: connection.tools }, undefined, 2) : formatToolList(connection.tools),
      );
      return EXIT_STATUS.ok;
    }
    return await callAndReport(connection, options.tool, options, around);
  } catch (error) {
    terminal.clearStatus();
    if (error instanceof Interrupted) return EXIT_STATUS.interrupted;
    return reportFailure(findRpcFailure(error), error, options, around);
  } finally {
    terminal.clearStatus();
    await connection?.close().catch(() => {});
  }
}

async function callAndReport(connection: Connection, tool: string, options: CallArguments, around: CallIO) {
  const { session, taskProtocol } = connection;
  const { stop, terminal } = around;
  const timeout = options.timeoutMs && setTimeout(() => stop.abort(new Error('It took too long.')), options.timeoutMs);
  let taskId: string | undefined;
  terminal.showStatus(`calling ${tool}`);
  try {
    const execution = await session.callTool(tool, options.args as Parameters<typeof session.callTool>[1], {
      signal: stop.signal,
      task: { preference: 'prefer' },
      // In 2025-11-25 the request for the result lasts as long as the task.
      ...(taskProtocol === 'v1' && { requestTimeoutMs: 2 ** 31 - 1 }),
    });
    taskId = execution.handle?.taskId;
    if (taskId !== undefined) terminal.printLine(`task ${taskId}`);
    const stream =
      taskProtocol === 'v1' && taskId !== undefined ? answerOverResultStream(connection, taskId) : undefined;
    const { outcome } = await execution.settle({
      signal: stop.signal,
      close: false,
      onEvent: (event) => {
        showTaskStatus(event, terminal);
        if (event.type === 'task') stream?.(event.task);
      },
    });
    if (outcome.status === 'completed' || !stop.signal.aborted)
      return await reportOutcome(outcome, connection, options, around);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timeout);
  }
  return await stopTask(connection, taskId, around);
}

function showTaskStatus(event: TaskExecutionEvent<unknown>, terminal: Terminal): void {
  if (event.type !== 'task') return;
  const { status, statusMessage } = event.task;
  terminal.showStatus(statusMessage ? `${status}: ${statusMessage}` : status);
}

async function reportOutcome(
  outcome: TaskOutcome<unknown>,
  connection: Connection,
  options: CallArguments,
  around: CallIO,
): Promise<number> {
  around.terminal.clearStatus();
  if (outcome.status === 'completed') return printResult(outcome.result as CallResult, options, around);
  if (outcome.status === 'cancelled') {
    around.terminal.printLine('The task was cancelled.');
    return EXIT_STATUS.toolError;
  }
  // In 2025-11-25 a tool error, too, is a failed task: its result says which of the two it was.
  const result =
    connection.taskProtocol === 'v1' && outcome.task && (await fetchFailedResult(connection, outcome.task.taskId));
  if (result) return printResult(result, options, around);
  const { code, message, data } = outcome.error;
  const failure = code === undefined ? undefined : { code, message, ...(data !== undefined && { data }) };
  return reportFailure(failure, outcome.error, options, around);
}

function printResult(result: CallResult, options: CallArguments, { terminal, print }: CallIO): number {
  if (result.isError && !options.json) terminal.printLine('The tool failed:');
  print(options.json ? JSON.stringify(result, undefined, 2) : formatCallResult(result));
  return result.isError ? EXIT_STATUS.toolError : EXIT_STATUS.ok;
}

function reportFailure(
  failure: RpcFailure | undefined,
  error: unknown,
  { url, json }: CallArguments,
  { terminal, print }: CallIO,
): number {
  terminal.printLine(failure ? describeRpcFailure(failure) : describeConnectionFailure(error, url));
  if (json && failure) print(JSON.stringify({ error: failure }, undefined, 2));
  return EXIT_STATUS.protocolError;
}

/** Cancel what was begun, and say why. */
async function stopTask(connection: Connection, taskId: string | undefined, { stop, terminal }: CallIO) {
  const reason = stop.signal.reason as Error;
  terminal.clearStatus();
  if (!(reason instanceof Interrupted)) terminal.printLine(reason.message);
  const bound = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  try {
    if (taskId === undefined) {
      // The session cancels a task whose creation is answered after all.
      terminal.printLine('Stopping …');
      await waitUnlessAborted(connection.waitUntilIdle(), bound);
    } else {
      terminal.printLine('Cancelling the task …');
      await connection.session.cancelTask(taskId as Parameters<typeof connection.session.cancelTask>[0], bound);
      terminal.printLine('Cancelled.');
    }
  } catch (error) {
    terminal.printLine(
      `The task could not be cancelled: ${findRpcFailure(error)?.message ?? (error as Error).message}`,
    );
  }
  if (reason instanceof Interrupted) return EXIT_STATUS.interrupted;
  return reason.name === 'GaveUp' ? EXIT_STATUS.protocolError : EXIT_STATUS.toolError;
}

function waitUnlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, stopped]);
}
