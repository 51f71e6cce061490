/** Cancel: one write; a task that owes its tool an `onCancel` takes one more, with the message for it first. */
import { cancelChange, cancelOwingChange, judgeCancel } from '../../tasks/writes/cancel.ts';
import { TaskNotFound, Unavailable } from '../errors.ts';
import { toLogFields } from '../log-fields.ts';
import type { Caller } from '../model.ts';
import { type EngineContext, MAX_RACE_ATTEMPTS } from './context.ts';

export function cancelTask(engine: EngineContext) {
  const { store, clock, ids, settings, log } = engine;
  return async (caller: Caller, id: string, deadline: number): Promise<'cancelled' | 'alreadyTerminal'> => {
    const key = engine.buildTaskKey(caller, id);
    const write = () => ({ key, mark, retentionMs: settings.cancelledRetentionMs, now: clock.now() });
    const mark = ids.token();
    const first = write();
    let written = await store.update(cancelChange(first));
    let verdict = judgeCancel(written, first);
    for (let attempt = 0; verdict.is === 'open' && attempt < MAX_RACE_ATTEMPTS; attempt += 1) {
      const { row } = verdict;
      // The run that still works, if any, hears of it at its next heartbeat; its clean-up comes after that.
      const delayMs = row.run === undefined ? 0 : 2 * settings.heartbeatMs;
      await engine.sendWakeUp(row, row.generation + 1, deadline, { delayMs });
      const next = write();
      written = await store.update(cancelOwingChange(next, row.generation));
      verdict = judgeCancel(written, next);
    }
    if (verdict.is === 'notFound') throw new TaskNotFound();
    if (verdict.is === 'open') throw new Unavailable('The task changed too often to be cancelled. Call again.');
    if (verdict.is === 'cancelled' && written.row)
      log('task.cancelled', { ...toLogFields(written.row), durationMs: clock.now() - written.row.createdAt });
    return verdict.is;
  };
}
