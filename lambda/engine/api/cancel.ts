/** Cancel: one write; a task that owes its tool an `onCancel` takes another, with the message for it sent first. */
import { cancelChange, cancelOwingChange, judgeCancel } from '../../tasks/writes/cancel.ts';
import { TaskNotFound, Unavailable } from '../errors.ts';
import { toLogFields } from '../log-fields.ts';
import type { Caller } from '../model.ts';
import { type EngineContext, MAX_RACE_ATTEMPTS } from './context.ts';

/**
 * @param deadline when the request must have been answered (ms since the epoch)
 * @throws TaskNotFound, Unavailable
 */
export async function cancelTask(
  engine: EngineContext,
  caller: Caller,
  id: string,
  deadline: number,
): Promise<'cancelled' | 'alreadyTerminal'> {
  const { store, clock, settings, log } = engine;
  const key = engine.buildTaskKey(caller, id);
  const mark = engine.ids.token();
  const buildWrite = () => ({ key, mark, retentionMs: settings.cancelledRetentionMs, now: clock.now() });
  const first = buildWrite();
  let written = await store.update(cancelChange(first));
  let verdict = judgeCancel(written, first);
  for (let attempt = 0; verdict.is === 'open' && attempt < MAX_RACE_ATTEMPTS; attempt += 1) {
    const { row } = verdict;
    // A run that still works learns of the cancel at its next heartbeat; the clean-up comes after that.
    const delayMs = row.run === undefined ? 0 : 2 * settings.heartbeatMs;
    await engine.sendWakeUp(row, row.generation + 1, deadline, delayMs);
    const next = buildWrite();
    written = await store.update(cancelOwingChange(next, row.generation));
    verdict = judgeCancel(written, next);
  }
  if (verdict.is === 'notFound') throw new TaskNotFound();
  if (verdict.is === 'open') throw new Unavailable('The task changed too often to be cancelled. Call again.');
  if (verdict.is === 'cancelled' && written.row)
    log('task.cancelled', { ...toLogFields(written.row), durationMs: clock.now() - written.row.createdAt });
  return verdict.is;
}
