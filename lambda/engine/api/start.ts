/** Start: create a task with one message and one write. */
import type { TaskKey, TaskRow } from '../../tasks/record.ts';
import { buildTaskRow, judgeCreate } from '../../tasks/writes/create.ts';
import { Unavailable } from '../errors.ts';
import { toLogFields } from '../log-fields.ts';
import type { StartCall, TaskView } from '../model.ts';
import { deriveTraceparent, toSpanFields } from '../trace.ts';
import { toTaskView } from '../view.ts';
import type { EngineContext } from './context.ts';
import { buildIdempotencyRow, insertOnce } from './idempotency.ts';

/** Ids are random, so a void row is all but never in the way; more than a few would be a fault. */
const MAX_CREATE_ATTEMPTS = 3;

/** @throws QuotaExceeded, IdempotencyConflict, IdempotencyUnsupported, Unavailable */
export async function startTask(engine: EngineContext, call: StartCall): Promise<TaskView> {
  await engine.quota.check(call.caller);
  for (let attempt = 0; attempt < MAX_CREATE_ATTEMPTS; attempt += 1) {
    const now = engine.clock.now();
    const row = await prepareTaskRow(engine, call, engine.buildTaskKey(call.caller, engine.ids.task(now)), now);
    const created = await createRow(engine, call, row);
    if (!created) continue;
    if (created === row) {
      engine.quota.recordOpened(call.caller);
      engine.log('task.created', { ...toLogFields(row), ...toSpanFields(resolveTraceparent(engine, call), row.nonce) });
    }
    return toTaskView(created, now, engine.payloads);
  }
  throw new Unavailable('The task could not be created in time. Call again.');
}

/** @returns the row, or the one that an earlier call with the same key created; nothing when the id is barred */
async function createRow(engine: EngineContext, call: StartCall, row: TaskRow): Promise<TaskRow | undefined> {
  const idempotencyRow = call.idempotencyKey === undefined ? undefined : await buildIdempotencyRow(engine, call, row);
  // A message backs every runnable row: it is sent first.
  await engine.sendWakeUp(row, row.generation, call.deadline);
  if (idempotencyRow) return insertOnce(engine, call, row, idempotencyRow);
  const written = await engine.store.insert(row);
  return judgeCreate(written, row.nonce) === 'created' ? row : undefined;
}

async function prepareTaskRow(engine: EngineContext, call: StartCall, key: TaskKey, now: number): Promise<TaskRow> {
  const { tool } = call;
  const nonce = engine.ids.token();
  const json = JSON.stringify(call.arguments ?? {});
  const traceparent = resolveTraceparent(engine, call);
  return buildTaskRow({
    key,
    nonce,
    now,
    tool: tool.name,
    arguments: await engine.payloads.pack(json, engine.settings.inlineInputBytes, `tasks/${key.id}/arguments-${nonce}`),
    era: call.era,
    ...(call.caller.client !== undefined && { client: call.caller.client }),
    capabilities: call.capabilities,
    lifetimeMs: tool.lifetimeMs,
    retentionMs: resolveRetentionMs(call),
    poll: tool.pollIntervalMs,
    maxFailures: tool.maxFailures,
    cleansUp: tool.onCancel !== undefined,
    ...(call.progressToken !== undefined && { progressToken: call.progressToken }),
    ...(traceparent !== undefined && { traceparent: deriveTraceparent(traceparent, nonce) }),
  });
}

/** The caller's trace, or else the one in which the function runs, so that call and runs are joined all the same. */
function resolveTraceparent(engine: EngineContext, call: StartCall): string | undefined {
  return call.traceparent ?? engine.trace();
}

/** The client's `ttl` may shorten how long an outcome is kept, never the life of the work itself. */
function resolveRetentionMs({ tool, requestedTtlMs }: StartCall): number {
  return requestedTtlMs === undefined ? tool.retentionMs : Math.max(1, Math.min(tool.retentionMs, requestedTtlMs));
}
