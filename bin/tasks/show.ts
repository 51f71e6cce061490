/** `npm run tasks -- show`: prints one task. */
import { parseOwner } from '../../lambda/engine/partition.ts';
import type { Payload, Question, Questions, TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import type { OperatorTerminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTaskRow } from './find.ts';
import { formatTimestamp, toTaskJson, toTaskState } from './state.ts';

/** Width of the names of the details. */
const NAME_WIDTH = 14;

/** @throws NotDone if there is no such task */
export async function printTask(
  deployment: Deployment,
  args: TasksArguments,
  terminal: OperatorTerminal,
): Promise<void> {
  const row = await findTaskRow(deployment, args, terminal);
  const now = Date.now();
  if (args.json) {
    terminal.print(
      JSON.stringify(args.payloads ? row : { ...toTaskJson(row, now), questions: toQuestionSummaries(row) }),
    );
    return;
  }
  const details = [
    ...describeIdentity(row),
    ...describeProgress(row, now),
    ...describePayloads(row, args.payloads),
    ...describeQuestions(row, args.payloads),
  ];
  for (const detail of details) terminal.print(formatDetail(detail));
  if (row.entries === 0) return;
  for (const { id, value } of await deployment.store.journal(row.id)) {
    const content = args.payloads ? `  ${formatPayload(value)}` : '';
    terminal.print(formatDetail(['recorded', `${id}  ${formatPayloadSize(value)}${content}`]));
  }
}

type Detail = readonly [name: string, value: string];

const formatDetail = ([name, value]: Detail): string => `${name.padEnd(NAME_WIDTH)}${value}`;

function* describeIdentity(row: TaskRow): Iterable<Detail> {
  yield ['task', row.id];
  yield ['owner', parseOwner(row.partition) ?? 'none: the server is anonymous'];
  yield ['tool', row.tool];
  yield ['era', `MCP ${row.era}`];
  if (row.traceparent !== undefined) yield ['trace', row.traceparent.split('-')[1] ?? ''];
}

function* describeProgress(row: TaskRow, now: number): Iterable<Detail> {
  const { progress, generation } = row;
  yield ['status', `${row.status}${row.toolError ? ' (tool error)' : ''}`];
  yield ['state', toTaskState(row, now)];
  if (progress) yield ['progress', `${progress.done}${progress.total === undefined ? '' : ` of ${progress.total}`}`];
  yield ['created', formatTimestamp(row.createdAt, now)];
  yield ['updated', formatTimestamp(row.lastUpdatedAt, now)];
  yield ['expires', formatTimestamp(row.expiresAt, now)];
  yield ['generation', `${generation}: made runnable ${generation === 1 ? 'once' : `${generation} times`}`];
  yield [
    'failures',
    `${row.failures} runs started since the last progress; at most ${row.maxFailures} may die without a result`,
  ];
  if (row.leaseUntil !== undefined) yield ['lease', `until ${formatTimestamp(row.leaseUntil, now)}`];
  if (row.wakeAt !== undefined) yield ['timer', formatTimestamp(row.wakeAt, now)];
}

function* describePayloads(row: TaskRow, showContent: boolean): Iterable<Detail> {
  const payloads: [name: string, payload: Payload | undefined][] = [
    ['message', row.statusMessage],
    ['arguments', row.arguments],
    ['outcome', row.outcome],
  ];
  for (const [name, payload] of payloads) {
    if (payload === undefined) continue;
    yield [name, showContent ? formatPayload(payload) : `${formatPayloadSize(payload)} (--payloads shows it)`];
  }
}

function* describeQuestions(row: TaskRow, showContent: boolean): Iterable<Detail> {
  if (typeof row.questions === 'object') yield ['questions', formatPayload(row.questions)];
  for (const [key, question] of Object.entries(parseQuestions(row))) {
    yield ['question', `${key}  ${question.method}  ${describeQuestionState(question)}`];
    if (showContent) yield ['', JSON.stringify({ params: question.params, answer: question.answer })];
  }
}

/** The questions in the row; none if they are kept outside of it. */
const parseQuestions = ({ questions }: TaskRow): Questions =>
  typeof questions === 'string' ? JSON.parse(questions) : {};

const toQuestionSummaries = (row: TaskRow) =>
  Object.entries(parseQuestions(row)).map(([key, question]) => ({
    key,
    method: question.method,
    standing: describeQuestionState(question),
    deadline: question.deadline,
  }));

const describeQuestionState = ({ answer, withdrawn }: Question): string =>
  answer !== undefined ? 'answered' : withdrawn ? 'withdrawn' : 'outstanding';

const formatPayloadSize = (payload: Payload): string =>
  typeof payload === 'string' ? `${Buffer.byteLength(payload)} bytes` : `${payload.bytes} bytes, outside the table`;

const formatPayload = (payload: Payload): string =>
  typeof payload === 'string' ? payload : `${payload.bytes} bytes in the payload bucket, at ${payload.at}`;
