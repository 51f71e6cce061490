/** Running a tool's `onCancel` for a task that was cancelled. The task itself stays as it is. */
import type { TaskRow } from '../../tasks/record.ts';
import { claimCleanUpChange, cleanedUpChange, cleanUpHeartbeatChange } from '../../tasks/writes/cancel.ts';
import { LeaseLost } from '../../tool/errors.ts';
import { validateArguments } from '../../tool/validate.ts';
import type { Delivery, Disposal } from '../ports.ts';
import { startHeartbeat } from './heartbeat.ts';
import { putBack } from './wake-up.ts';
import type { WorkerContext } from './worker-parts.ts';

export async function cleanUp(
  tools: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  deadline: number,
): Promise<Disposal> {
  const { store, clock, log, settings, ids } = tools;
  const run = ids.token();
  const claimed = await store.update(claimCleanUpChange(row, run, clock.now(), settings.leaseMs));
  if (!claimed.done && claimed.row?.run !== run) return putBack(tools, delivery, settings.heartbeatMs);
  const failures = claimed.row?.failures ?? 0;
  if (failures > row.maxFailures) {
    log('cleanUp.givenUp', { task: row.id, tool: row.tool, failures: failures - 1 });
  } else if (!(await runOnCancel(tools, delivery, row, run, deadline))) {
    return putBack(tools, delivery, settings.leaseMs);
  }
  await store.update(cleanedUpChange(row, run));
  return 'delete';
}

/** @returns whether it need not be tried again: it ran, even if it threw */
async function runOnCancel(
  tools: WorkerContext,
  delivery: Delivery,
  row: TaskRow,
  run: string,
  deadline: number,
): Promise<boolean> {
  const { store, clock, log, settings, payloads } = tools;
  const tool = await tools.findTool(row.tool);
  const args = tool && (await validateArguments(tool, JSON.parse(await payloads.unpack(row.arguments))));
  if (!tool?.onCancel || !args?.ok) return true;
  const controller = new AbortController();
  const lost = new Promise<false>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  const abort = () => controller.abort(new LeaseLost('The clean-up is not held by this run any more.'));
  const heartbeat = startHeartbeat({
    clock,
    settings,
    delivery,
    log,
    renew: (now) => store.update(cleanUpHeartbeatChange(row, run, now, settings.leaseMs)),
    onLost: abort,
    onLapsed: abort,
  });
  const stopped = new AbortController();
  void clock.wait(Math.max(0, deadline - 3_000 - clock.now()), stopped.signal).then(() => {
    if (!stopped.signal.aborted) abort();
  });
  try {
    const done = (async () => {
      await tool.onCancel?.(args.value, { id: row.id, signal: controller.signal });
      log('cleanUp.done', { task: row.id, tool: row.tool });
      return true as const;
    })().catch((error: unknown) => {
      log('cleanUp.threw', { task: row.id, tool: row.tool, error: error instanceof Error ? error.name : 'unknown' });
      return true as const;
    });
    return await Promise.race([done, lost]);
  } finally {
    stopped.abort();
    await heartbeat.stop();
  }
}
