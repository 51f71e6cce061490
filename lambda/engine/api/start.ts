/** Start: make a task. One message, one write. */
import type { TaskKey, TaskRow } from '../../tasks/record.ts';
import { buildTaskRow, judgeCreate } from '../../tasks/writes/create.ts';
import { Unavailable } from '../errors.ts';
import { toLogFields } from '../log-fields.ts';
import type { StartCall, TaskView } from '../model.ts';
import { deriveTraceparent, toSpanFields } from '../trace.ts';
import { toTaskView } from '../view.ts';
import type { EngineContext } from './context.ts';
import { buildIdempotencyRow, insertOnce } from './idempotency.ts';
import { OpenTaskQuota } from './open-tasks.ts';

/** Ids are random, so that a void row in the way is all but impossible; more than a few would be a fault. */
const MAX_CREATE_ATTEMPTS = 3;

export function startTask(engine: EngineContext): (call: StartCall) => Promise<TaskView> {
  const openTasks = new OpenTaskQuota(engine);

  return async function start(call) {
    await openTasks.check(call.caller);
    for (let attempt = 0; attempt < MAX_CREATE_ATTEMPTS; attempt += 1) {
      const now = engine.clock.now();
      const row = await prepareTaskRow(engine, call, engine.buildTaskKey(call.caller, engine.ids.task(now)), now);
      const once = call.idempotencyKey === undefined ? undefined : await buildIdempotencyRow(engine, call, row);
      // A message stands behind every runnable row: it goes first.
      await engine.sendWakeUp(row, row.generation, call.deadline);
      const created = once
        ? await insertOnce(engine, call, row, once)
        : judgeCreate(await engine.store.insert(row), row.nonce) === 'created'
          ? row
          : undefined;
      if (!created) continue;
      if (created === row) {
        openTasks.recordOpened(call.caller);
        engine.log('task.created', {
          ...toLogFields(row),
          ...toSpanFields(resolveTraceparent(engine, call), row.nonce),
        });
      }
      return toTaskView(created, now, engine.payloads);
    }
    throw new Unavailable('The task could not be created in time. Call again.');
  };
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

/** The caller's trace; else the one in which the function runs, so that call and runs are joined all the same. */
const resolveTraceparent = (engine: EngineContext, call: StartCall): string | undefined =>
  call.traceparent ?? engine.trace();

/** The client's `ttl` may shorten how long an outcome is kept, never the life of the work itself. */
const resolveRetentionMs = ({ tool, requestedTtlMs }: StartCall): number =>
  requestedTtlMs === undefined ? tool.retentionMs : Math.max(1, Math.min(tool.retentionMs, requestedTtlMs));
