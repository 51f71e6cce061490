/** `npm run simulate`: many schedules on all cores; a seed that fails is printed and can be replayed. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { exploreSchedules, type ScheduleExploration } from './explore.ts';

const USAGE = `npm run simulate -- [options]

Runs seeded schedules of the real engine on a simulated store, queue and clock, and checks the promises.

  --schedules N   number of schedules (default 100000)
  --from N        the first seed (default 1)
  --seed N        replay one schedule: the same seed makes the same schedule
  --help          show this help`;

if (isMainThread) {
  await main();
} else {
  const { from, to } = workerData as { from: number; to: number };
  parentPort?.postMessage(await exploreSchedules(from, to, {}, false, (done) => parentPort?.postMessage(done)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '100000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const from = Number(values.seed ?? values.from);
  const schedules = values.seed === undefined ? Number(values.schedules) : 1;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(schedules) || schedules < 1) {
    console.error(USAGE);
    process.exit(2);
  }
  const startedAt = performance.now();
  const explorations = await exploreOnAllCores(from, schedules);
  const failures = explorations.flatMap((each) => each.failures);
  for (const { seed, violations } of failures) console.log(`seed ${seed}: ${violations.join('; ')}`);
  const events: Record<string, number> = {};
  for (const each of explorations)
    for (const [event, times] of Object.entries(each.events)) events[event] = (events[event] ?? 0) + times;
  console.table(Object.fromEntries(Object.entries(events).sort()));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const done = explorations.reduce((sum, each) => sum + each.schedules, 0);
  console.log(`${done} schedules, ${failures.length} violations, ${seconds} s`);
  if (failures.length > 0) process.exit(1);
}

function exploreOnAllCores(from: number, schedules: number): Promise<ScheduleExploration[]> {
  const threads = Math.min(availableParallelism(), schedules);
  const progress = new Map<number, number>();
  const onProgress = (thread: number, done: number) => {
    progress.set(thread, done);
    const sum = [...progress.values()].reduce((a, b) => a + b, 0);
    if (process.stderr.isTTY) process.stderr.write(`\r${sum} of ${schedules}`);
  };
  return Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const seedRange = {
        from: from + Math.floor((schedules * thread) / threads),
        to: from + Math.floor((schedules * (thread + 1)) / threads),
      };
      return new Promise<ScheduleExploration>((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: seedRange });
        worker.on('message', (message: number | ScheduleExploration) =>
          typeof message === 'number' ? onProgress(thread, message) : resolve(message),
        );
        worker.on('error', reject);
      });
    }),
  );
}
