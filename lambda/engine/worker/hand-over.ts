/** Hand over: the run ends, and another continues at the last recorded step. */
import { handOverChange, isEndCommitted } from '../../tasks/writes/end.ts';
import type { Disposal } from '../ports.ts';
import type { ActiveRun } from './active-run.ts';

export async function handOver(run: ActiveRun): Promise<Disposal> {
  const { worker, row } = run;
  const generation = row.generation + 1;
  await run.sendWakeUp(generation, 0);
  const report = run.takeProgress();
  const written = await run.persist('handOver', () =>
    worker.store.update(handOverChange(run.toHeld(), generation, report)),
  );
  if (!isEndCommitted(written, run.token)) return run.superseded('handOver', written);
  worker.log('task.handedOver', { task: row.id, tool: row.tool, generation });
  return 'delete';
}
