/** The log of a function: lines to its standard output, each with the id of its invocation. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Log } from '../engine/ports.ts';
import { createJsonLog } from './log.ts';

/** What Lambda says about an invocation, as far as it is needed here. */
export interface InvocationContext {
  /** Lambda's own lines contain it too, such as the one about a time-out. */
  readonly awsRequestId?: string;
}

const invocationStorage = new AsyncLocalStorage<InvocationContext>();

/** Does the work of one invocation; each line that is logged meanwhile names it. */
export function withInvocation<T>(invocation: InvocationContext, work: () => Promise<T>): Promise<T> {
  return invocationStorage.run(invocation, work);
}

/** @param server the name under which CloudWatch keeps the metrics (METRICS_SERVER); without it there are none */
export function createFunctionLog(server: string | undefined): Log {
  return createJsonLog({
    // Lambda's `console.log` would prefix or wrap the JSON, and CloudWatch would then find no metrics in it.
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
    server,
    requestId: () => invocationStorage.getStore()?.awsRequestId,
  });
}
