/** The log of a function: lines to its standard output, each with the id of the invocation that it belongs to. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '../engine/ports.ts';
import { createJsonLog } from './log.ts';

/** What Lambda tells of an invocation, as far as it is needed here. */
export interface InvocationContext {
  /** Lambda's own lines name it too: the one about a time-out, for one. */
  readonly awsRequestId?: string;
}

const invocationStorage = new AsyncLocalStorage<InvocationContext>();

/** Do the work of one invocation: what is logged meanwhile names it. */
export const withInvocation = <T>(invocation: InvocationContext, work: () => Promise<T>): Promise<T> =>
  invocationStorage.run(invocation, work);

/** @param server name under which CloudWatch keeps the metrics (METRICS_SERVER); none are made without it */
export const createFunctionLog = (server: string | undefined): Log =>
  createJsonLog({
    // Lambda's `console.log` would put words of its own before the JSON, or wrap it: CloudWatch then makes no metrics.
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
    server,
    requestId: () => invocationStorage.getStore()?.awsRequestId,
  });
