/** Create: one write, conditional on absence. Its mark is the `nonce`. */
import { type Era, type InputCapabilities, type Payload, ROW_FORMAT, type TaskKey, type TaskRow } from '../record.ts';
import type { WriteResult } from '../store.ts';

/** What a new task is created from. Times in ms. */
export interface NewTask {
  readonly key: TaskKey;
  readonly nonce: string;
  readonly now: number;
  readonly tool: string;
  readonly arguments: Payload;
  readonly era: Era;
  readonly client?: string;
  readonly capabilities: InputCapabilities;
  readonly lifetimeMs: number;
  readonly retentionMs: number;
  readonly poll: { readonly min: number; readonly max: number };
  readonly maxFailures: number;
  /** The tool has an `onCancel`. */
  readonly cleansUp: boolean;
  readonly progressToken?: string | number;
  readonly traceparent?: string;
}

/** DynamoDB sweeps this much after the exact expiry, so that no clock sweeps what another still reads. */
const SWEEP_MARGIN_MS = 60_000;

/** The TTL attribute (whole seconds) for something that must be readable until `until` (ms). */
export const toTtlSeconds = (until: number): number => Math.ceil((until + SWEEP_MARGIN_MS) / 1000);

/** The row of a task that was just accepted: runnable, at its first generation. */
export function buildTaskRow(task: NewTask): TaskRow {
  return {
    ...task.key,
    v: ROW_FORMAT,
    generation: 1,
    failures: 0,
    revision: 0,
    entries: 0,
    nonce: task.nonce,
    status: 'working',
    createdAt: task.now,
    lastUpdatedAt: task.now,
    phaseAt: task.now,
    expiresAt: task.now + task.lifetimeMs,
    retentionMs: task.retentionMs,
    ttl: toTtlSeconds(task.now + task.lifetimeMs + task.retentionMs),
    tool: task.tool,
    arguments: task.arguments,
    era: task.era,
    ...(task.client !== undefined && { client: task.client }),
    capabilities: task.capabilities,
    poll: task.poll,
    maxFailures: task.maxFailures,
    ...(task.cleansUp && { cleanUp: 'onCancel' as const }),
    ...(task.progressToken !== undefined && { progressToken: task.progressToken }),
    ...(task.traceparent !== undefined && { traceparent: task.traceparent }),
  };
}

/** What an insert came to: created (even if its response was lost), or barred by another row. */
export function judgeCreate(written: WriteResult, nonce: string): 'created' | 'barred' {
  return written.done || written.row?.nonce === nonce ? 'created' : 'barred';
}
