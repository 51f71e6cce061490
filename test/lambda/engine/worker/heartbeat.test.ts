/** Progress is written along with renewals, even when one fails. */
import { expect, test } from 'vitest';
import { ENGINE_DEFAULTS } from '../../../../lambda/engine/settings.ts';
import { systemClock } from '../../../../lambda/engine/system.ts';
import { startHeartbeat } from '../../../../lambda/engine/worker/heartbeat.ts';
import type { ProgressReport } from '../../../../lambda/tasks/writes/held.ts';
import { buildHeldRow } from '../rows.ts';

test.each<[string, ProgressReport | undefined, ProgressReport]>([
  ['alone', undefined, { statusMessage: 'half' }],
  ['on top of the one that failed', { progress: { done: 1 } }, { progress: { done: 1 }, statusMessage: 'half' }],
])('a report that comes while a renewal fails is written with the next one, %s', async (_, failing, expected) => {
  const written: (ProgressReport | undefined)[] = [];
  const renewed = Promise.withResolvers<void>();
  const heartbeat = startHeartbeat({
    clock: systemClock,
    settings: { ...ENGINE_DEFAULTS, heartbeatMs: 5 },
    delivery: {
      wakeUp: { partition: 'task#t1', task: 't1', generation: 1, commitBy: 0 },
      receives: 1,
      reappearIn: async () => {},
    },
    log: () => {},
    renew: async (_now, report) => {
      written.push(report);
      if (written.length === 1) {
        heartbeat.reportProgress({ statusMessage: 'half' });
        throw new Error('no response');
      }
      renewed.resolve();
      return { done: true, row: buildHeldRow() };
    },
    onLost: () => {},
    onLapsed: () => {},
  });
  if (failing) heartbeat.reportProgress(failing);
  await renewed.promise;
  await heartbeat.stop();
  expect(written.slice(0, 2)).toEqual([failing, expected]);
});
