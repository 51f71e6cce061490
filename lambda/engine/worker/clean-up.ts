/** Running a tool's `onCancel` for a task that was cancelled. The task itself stays as it is. */
import type { TaskRow } from '../../tasks/record.ts';
import { claimCleanUpChange, cleanedUpChange, cleanUpHeartbeatChange } from '../../tasks/writes/cancel.ts';
import { LeaseLost } from '../../tool/errors.ts';
import { validateArguments } from '../../tool/validate.ts';
import type { Delivery, Disposal } from '../ports.ts';
import type { WorkerContext } from './context.ts';
import { abortBeforeDeadline } from './deadline.ts';
import { putBack } from './disposal.ts';
import { startHeartbeat } from './heartbeat.ts';

export async function cleanUp(
  worker: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  deadline: number,
): Promise<Disposal> {
  const { store, clock, log, settings, ids } = worker;
  const token = ids.token();
  const claimed = await store.update(claimCleanUpChange(row, token, clock.now(), settings.leaseMs));
  if (!claimed.done && claimed.row?.run !== token) return putBack(worker, delivery, settings.heartbeatMs);
  const failures = claimed.row?.failures ?? 0;
  if (failures > row.maxFailures) {
    log('cleanUp.givenUp', { task: row.id, tool: row.tool, failures: failures - 1 });
  } else if (!(await runOnCancel(worker, delivery, row, token, deadline))) {
    return putBack(worker, delivery, settings.leaseMs);
  }
  await store.update(cleanedUpChange(row, token));
  return 'delete';
}

/** @returns whether it is done with: it ran, even if it threw, or there is nothing to run */
async function runOnCancel(
  worker: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  token: string,
  deadline: number,
): Promise<boolean> {
  const { store, clock, log, settings, payloads } = worker;
  const tool = await worker.findTool(row.tool);
  const args = tool && (await validateArguments(tool, JSON.parse(await payloads.unpack(row.arguments))));
  if (!tool?.onCancel || !args?.ok) return true;
  const controller = new AbortController();
  const aborted = new Promise<false>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  const abort = () => controller.abort(new LeaseLost('This run no longer holds the clean-up.'));
  const heartbeat = startHeartbeat({
    clock,
    settings,
    delivery,
    log,
    renew: (now) => store.update(cleanUpHeartbeatChange(row, token, now, settings.leaseMs)),
    onLost: abort,
    onLapsed: abort,
  });
  const stopDeadline = abortBeforeDeadline(clock, deadline, abort);
  try {
    const done = (async () => {
      await tool.onCancel?.(args.value, { id: row.id, signal: controller.signal });
      log('cleanUp.done', { task: row.id, tool: row.tool });
      return true as const;
    })().catch((error: unknown) => {
      log('cleanUp.threw', { task: row.id, tool: row.tool, error: error instanceof Error ? error.name : 'unknown' });
      return true as const;
    });
    return await Promise.race([done, aborted]);
  } finally {
    stopDeadline();
    await heartbeat.stop();
  }
}
