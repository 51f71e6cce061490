/** Tools that `thread: true` is for: they compute without a pause, or end their thread. */
import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { defineServer, defineTool, ProtocolError, TaskCancelled } from '../../../lambda/index.ts';
import { toJsonResult } from '../results.ts';

function compute(ms: number): number {
  let turns = 0;
  for (const until = Date.now() + ms; Date.now() < until; ) turns += 1;
  return turns;
}

/** `runs`: a file to which each run appends a line. */
const spinConfig = { inputSchema: z.object({ ms: z.number(), runs: z.string().optional() }) };
const spin = async ({ ms, runs }: { ms: number; runs?: string | undefined }) => {
  if (runs) appendFileSync(runs, 'run\n');
  compute(ms);
  return toJsonResult('computed');
};
const spinInThread = defineTool('spin', { ...spinConfig, thread: true }, spin);
const spinHere = defineTool('spin_here', spinConfig, spin);

const spinInStep = defineTool('spin_in_step', { thread: true }, async (task) => {
  await task.step('endless', () => compute(3_600_000));
  return toJsonResult('never');
});

/** Everything that a tool can do, between computations. */
const everything = defineTool('everything', { thread: true, asks: ['elicitation'] }, async (task) => {
  const rows = await task.step('count', () => ({ rows: compute(20) > 0 ? 3 : 0 }));
  task.progress(1, 3, 'counted');
  const answer = await task.elicit('columns', {
    message: 'Which?',
    requestedSchema: z.object({ column: z.string() }),
  });
  await task.sleep('a while', 20);
  const job = task.waitFor<{ done: boolean }>('job');
  const token = await task.step('submit', () => job.token);
  task.progress(token);
  const { done } = await job;
  return toJsonResult({ rows, answer, done });
});

const withSchema = defineTool(
  'with_schema',
  { thread: true, inputSchema: z.object({ url: z.string().transform((value) => new URL(value)) }) },
  async ({ url }) => toJsonResult({ isUrl: url instanceof URL, host: url.host }),
);

const refuses = defineTool('refuses', { thread: true }, async () => {
  throw new ProtocolError(-31999, 'Refused.', { why: 'a test' });
});

const inputSchema = z.object({ file: z.string() });
const listening = defineTool('listening', { thread: true, inputSchema }, async ({ file }, task) => {
  const stopped = new Promise((resolve) => task.signal.addEventListener('abort', resolve));
  task.defer(() => appendFileSync(file, ', then its clean-ups'));
  task.progress('waiting');
  await stopped;
  appendFileSync(file, `${task.signal.reason instanceof TaskCancelled}: ${task.signal.reason}`);
  return toJsonResult('stopped');
});

const reports = defineTool('reports', { thread: true }, async (task) => {
  for (let turn = 1; turn <= 100_000; turn += 1) task.progress(turn, 100_000);
  compute(1_500);
  await task.step('rest', () => new Promise<void>((resolve) => setTimeout(resolve, 1_500)));
  return toJsonResult('reported');
});

const defineDyingTool = (name: string, die: () => void) =>
  defineTool(name, { thread: true, maxFailures: 2 }, async () => {
    die();
    return new Promise<never>(() => {});
  });
const exits = defineDyingTool('exits', () => process.exit(7));
const throwsLater = defineDyingTool('throws_later', () => void setTimeout(() => JSON.parse('{'), 1));
const hoards = defineDyingTool('hoards', () => {
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => index + hoard.length));
});

export default defineServer({
  name: 'threads',
  version: '1.0.0',
  // biome-ignore format: a list of names
  tools: [
    spinInThread, spinHere, spinInStep, everything, withSchema,
    refuses, listening, reports, exits, throwsLater, hoards,
  ],
});
