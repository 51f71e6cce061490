/** Hand over: the run ends, and another goes on at the last recorded step. */
import { endedBy, handOverChange } from '../tasks/writes/end.ts';
import { groupOf } from './context.ts';
import type { Heartbeat } from './heartbeat.ts';
import { heldOf, persist, superseded, type TaskRun } from './held-run.ts';
import type { Disposal } from './ports.ts';
import { LONGEST_DELAY_MS } from './worker.ts';

export async function handOver(task: TaskRun, heartbeat: Heartbeat): Promise<Disposal> {
  const { tools, row } = task;
  const generation = row.generation + 1;
  await sendWakeUp(task, generation, 0);
  const news = heartbeat.takeNews();
  const written = await persist(task, 'handOver', () =>
    tools.store.update(handOverChange(heldOf(task), generation, news)),
  );
  if (!endedBy(written, task.run)) return superseded(task, 'handOver', written);
  tools.log('task.handedOver', { task: row.id, tool: row.tool, generation });
  return 'delete';
}

/** Enqueue first, commit second. */
export async function sendWakeUp(task: TaskRun, generation: number, delayMs: number): Promise<void> {
  const { tools, row, deadline, delivery } = task;
  const { traceparent } = delivery.wakeUp;
  const { partition, id } = row;
  const wakeUp = {
    partition,
    task: id,
    generation,
    commitBy: deadline,
    ...(traceparent !== undefined && { traceparent }),
    dueAt: tools.clock.now() + Math.max(0, delayMs),
  };
  const options = { delayMs: Math.min(LONGEST_DELAY_MS, Math.max(0, delayMs)), ...groupOf(partition) };
  await persist(task, 'wakeUp', () => tools.queue.send(wakeUp, options));
}
