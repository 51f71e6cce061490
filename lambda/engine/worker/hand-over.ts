/** Hand over: the run ends, and another goes on at the last recorded step. */
import { handOverChange, isEndCommitted } from '../../tasks/writes/end.ts';
import type { Disposal } from '../ports.ts';
import type { Heartbeat } from './heartbeat.ts';
import { heldOf, persist, superseded, type TaskRun } from './held-run.ts';
import { sendWakeUp } from './wake-up.ts';

export async function handOver(task: TaskRun, heartbeat: Heartbeat): Promise<Disposal> {
  const { tools, row } = task;
  const generation = row.generation + 1;
  await sendWakeUp(task, generation, 0);
  const news = heartbeat.takeProgress();
  const written = await persist(task, 'handOver', () =>
    tools.store.update(handOverChange(heldOf(task), generation, news)),
  );
  if (!isEndCommitted(written, task.run)) return superseded(task, 'handOver', written);
  tools.log('task.handedOver', { task: row.id, tool: row.tool, generation });
  return 'delete';
}
