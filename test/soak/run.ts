/** `npm run soak`: hundreds of tasks in real processes, which are killed again and again. */
import { parseArgs } from 'node:util';
import { LOCAL_AWS_ENVIRONMENT } from '../../lib/local/aws.ts';
import { formatSummary, isSound } from './report.ts';
import { runSoak } from './soak.ts';

const USAGE = `npm run soak -- [options]

Runs the stack on this machine, calls tools over HTTP, and kills (SIGKILL) a worker every few seconds. Then waits
until every acknowledged task has ended, checks results, journals and queues, and prints a summary of one line.
Exit code 1 when a task was lost, stuck, ended twice or failed, or when a queue does not drain.

  --minutes N      how long workers are killed (default 3)
  --tasks M        tasks that are called in that time (default 500)
  --kill-every S   seconds between kills (default 2)
  --workers N      worker processes (default 8)
  --dynamodb D     local (DynamoDB Local, the default), embedded, or the URL of a running one
  --seed N         chooses tools, answers, cancels and victims (default 1)
  --help           show this help`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    tasks: { type: 'string', default: '500' },
    'kill-every': { type: 'string', default: '2' },
    workers: { type: 'string', default: '8' },
    dynamodb: { type: 'string', default: 'local' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const minutes = Number(values.minutes);
  const tasks = Number(values.tasks);
  const killEverySeconds = Number(values['kill-every']);
  const workers = Number(values.workers);
  const seed = Number(values.seed);
  if (![minutes, killEverySeconds].every((value) => value > 0) || ![tasks, workers, seed].every(Number.isSafeInteger)) {
    console.error(USAGE);
    process.exit(2);
  }
  Object.assign(process.env, LOCAL_AWS_ENVIRONMENT);
  const isTerminal = process.stderr.isTTY;
  let lines = 0;
  const report = await runSoak({
    tasks,
    workers,
    seed,
    dynamodb: values.dynamodb,
    durationMs: minutes * 60_000,
    killEveryMs: killEverySeconds * 1_000,
    onProgress: (line) => {
      if (isTerminal) process.stderr.write(`\r\x1b[K${line}`);
      else if (lines++ % 10 === 0) process.stderr.write(`${line}\n`);
    },
  });
  if (isTerminal) process.stderr.write('\n');
  for (const problem of report.problems) console.error(problem);
  if (report.messagesLeft > 0) console.error(`${report.messagesLeft} messages are left in the queues`);
  if (report.created < report.requestedTasks)
    console.error(`${report.requestedTasks - report.created} calls were never acknowledged`);
  if (report.retriedCalls > 0)
    console.error(`${report.retriedCalls} calls were repeated, the last because of: ${report.lastError}`);
  const seconds = report.recoveriesMs
    .map((ms) => (ms / 1_000).toFixed(1))
    .sort((one, other) => Number(one) - Number(other));
  console.error(
    `${seconds.length} of the killed workers ran a task, which was resumed after (s): ${seconds.join(' ')}`,
  );
  console.log(formatSummary(report));
  if (!isSound(report)) process.exitCode = 1;
}
