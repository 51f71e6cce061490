/** Runs `npm run call`: calls one tool or lists the tools, and reports the outcome. */
import type { TaskExecutionEvent, TaskOutcome } from '@modelcontextprotocol/ext-tasks/client';
import type { CallArguments } from './arguments.ts';
import { type Connection, connect } from './connection.ts';
import { describeConnectionFailure, describeRpcFailure, findRpcFailure, type RpcFailure } from './failure.ts';
import { answerOverResultStream, fetchFailedResult, MAX_TIMER_MS } from './legacy.ts';
import { type CallResult, formatCallResult, formatToolList } from './print.ts';
import { createInputHandler } from './questions.ts';
import { createStallDetector, ServerStalled } from './stall-detector.ts';
import type { Terminal } from './terminal.ts';

export const EXIT_STATUS = { ok: 0, toolError: 1, protocolError: 2, usage: 64, interrupted: 130 } as const;

/** The person pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface CallIO {
  readonly terminal: Terminal;
  /** Print a line to stdout. */
  readonly print: (text: string) => void;
  /** Aborted with `Interrupted` by Ctrl-C, or with another reason to stop by the code here. */
  readonly stop: AbortController;
}

/** How long to wait for a cancel, or for the response to an interrupted call (ms). */
const CANCEL_TIMEOUT_MS = 10_000;
/** Ends a dialogue with a server that keeps asking, where no person is there to notice. */
const MAX_UNATTENDED_ROUNDS = 50;

/** Call the tool, or list the tools. @returns the exit status */
export async function runCallCommand(options: CallArguments, io: CallIO): Promise<number> {
  const { terminal, print, stop } = io;
  const giveUp = (reason: Error) => stop.abort(reason);
  const stallDetector = createStallDetector(giveUp);
  const handleInput = createInputHandler(options.answers, terminal, giveUp);
  let connection: Connection | undefined;
  try {
    connection = await waitUnlessAborted(
      connect({
        url: options.url,
        headers: options.headers,
        onTask: stallDetector.observe,
        ...(!terminal.interactive && { maxInputRounds: MAX_UNATTENDED_ROUNDS }),
        onInputRequest: async (request, context) => {
          const answer = await handleInput(request, context);
          if (context.inputId !== undefined) stallDetector.markAnswered(context.inputId);
          return answer;
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
    return await callAndReport(connection, options.tool, options, io);
  } catch (error) {
    terminal.clearStatus();
    if (error instanceof Interrupted) return EXIT_STATUS.interrupted;
    return reportFailure(findRpcFailure(error), error, options, io);
  } finally {
    terminal.clearStatus();
    await connection?.close().catch(() => {});
  }
}

/** @returns the exit status */
async function callAndReport(connection: Connection, tool: string, options: CallArguments, io: CallIO) {
  const { session, taskProtocol } = connection;
  const { stop, terminal } = io;
  const { timeoutMs } = options;
  const timeout =
    timeoutMs && setTimeout(() => stop.abort(new Error(`Timed out after ${timeoutMs / 1_000} s.`)), timeoutMs);
  let taskId: string | undefined;
  terminal.showStatus(`calling ${tool}`);
  try {
    const execution = await session.callTool(tool, options.args as Parameters<typeof session.callTool>[1], {
      signal: stop.signal,
      task: { preference: 'prefer' },
      ...(taskProtocol === 'v1' && { requestTimeoutMs: MAX_TIMER_MS }),
    });
    taskId = execution.handle?.taskId;
    if (taskId !== undefined) terminal.printLine(`task ${taskId}`);
    const onTask =
      taskProtocol === 'v1' && taskId !== undefined ? answerOverResultStream(connection, taskId) : undefined;
    const { outcome } = await execution.settle({
      signal: stop.signal,
      close: false,
      onEvent: (event) => {
        showTaskStatus(event, terminal);
        if (event.type === 'task') onTask?.(event.task);
      },
    });
    if (outcome.status === 'completed' || !stop.signal.aborted)
      return await reportOutcome(outcome, connection, options, io);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timeout);
  }
  return await stopTask(connection, taskId, io);
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
  io: CallIO,
): Promise<number> {
  io.terminal.clearStatus();
  if (outcome.status === 'completed') return printResult(outcome.result as CallResult, options, io);
  if (outcome.status === 'cancelled') {
    io.terminal.printLine('The task was cancelled.');
    return EXIT_STATUS.toolError;
  }
  // In 2025-11-25 a tool error is a failed task too; its result tells the two apart.
  const result =
    connection.taskProtocol === 'v1' && outcome.task && (await fetchFailedResult(connection, outcome.task.taskId));
  if (result) return printResult(result, options, io);
  const { code, message, data } = outcome.error;
  const failure = code === undefined ? undefined : { code, message, ...(data !== undefined && { data }) };
  return reportFailure(failure, outcome.error, options, io);
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

/** Say why, and cancel the call or its task. @returns the exit status */
async function stopTask(connection: Connection, taskId: string | undefined, { stop, terminal }: CallIO) {
  const reason = stop.signal.reason as Error;
  terminal.clearStatus();
  if (!(reason instanceof Interrupted)) terminal.printLine(reason.message);
  const timeout = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  try {
    if (taskId === undefined) {
      // The session cancels the task if the response to its creation still comes.
      terminal.printLine('Stopping …');
      await waitUnlessAborted(connection.waitUntilIdle(), timeout);
    } else {
      terminal.printLine('Cancelling the task …');
      await connection.session.cancelTask(taskId as Parameters<typeof connection.session.cancelTask>[0], timeout);
      terminal.printLine('Cancelled.');
    }
  } catch (error) {
    terminal.printLine(`Cannot cancel the task: ${findRpcFailure(error)?.message ?? (error as Error).message}`);
  }
  if (reason instanceof Interrupted) return EXIT_STATUS.interrupted;
  return reason instanceof ServerStalled ? EXIT_STATUS.protocolError : EXIT_STATUS.toolError;
}

/** @throws the signal's reason as soon as it aborts */
function waitUnlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}
