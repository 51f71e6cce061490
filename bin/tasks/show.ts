import type { Payload, Question, Questions, TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import type { OperatorTerminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTaskRow } from './find.ts';
import { formatTimestamp, parseOwnerHash, toTaskJson, toTaskState } from './state.ts';

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
  const facts = [...describeIdentity(row), ...describeProgress(row, now), ...describePayloads(row, args.payloads)];
  for (const [name, value] of facts) terminal.print(`${name.padEnd(14)}${value}`);
  for (const line of describeQuestions(row, args.payloads)) terminal.print(line);
  if (row.entries === 0) return;
  for (const { id, value } of await deployment.store.journal(row.id))
    terminal.print(
      `recorded      ${id}  ${formatPayloadSize(value)}${args.payloads ? `  ${formatPayload(value)}` : ''}`,
    );
}

type DetailRows = [name: string, value: string][];

const describeIdentity = (row: TaskRow): DetailRows => [
  ['task', row.id],
  ['owner', parseOwnerHash(row) ?? 'nobody: the server is anonymous'],
  ['tool', row.tool],
  ['era', `MCP ${row.era}`],
  ...(row.traceparent === undefined ? [] : ([['trace', row.traceparent.split('-')[1] ?? '']] as DetailRows)),
];

function describeProgress(row: TaskRow, now: number): DetailRows {
  const { progress: told, toolError } = row;
  return [
    ['status', `${row.status}${toolError ? ' (the tool says that it is an error)' : ''}`],
    ['state', toTaskState(row, now)],
    ...(told
      ? ([['progress', `${told.done}${told.total === undefined ? '' : ` of ${told.total}`}`]] as DetailRows)
      : []),
    ['created', formatTimestamp(row.createdAt, now)],
    ['updated', formatTimestamp(row.lastUpdatedAt, now)],
    ['expires', formatTimestamp(row.expiresAt, now)],
    ['generation', `${row.generation}: made runnable ${row.generation === 1 ? 'once' : `${row.generation} times`}`],
    ['failures', `${row.failures} runs begun since the last progress, ${row.maxFailures} may end without a word`],
    ...(row.leaseUntil === undefined
      ? []
      : ([['lease', `until ${formatTimestamp(row.leaseUntil, now)}`]] as DetailRows)),
    ...(row.wakeAt === undefined ? [] : ([['timer', formatTimestamp(row.wakeAt, now)]] as DetailRows)),
  ];
}

function describePayloads(row: TaskRow, open: boolean): DetailRows {
  const kept: [string, Payload | undefined][] = [
    ['message', row.statusMessage],
    ['arguments', row.arguments],
    ['outcome', row.outcome],
  ];
  return kept.flatMap(
    ([name, payload]): DetailRows =>
      payload === undefined
        ? []
        : [[name, open ? formatPayload(payload) : `${formatPayloadSize(payload)} (--payloads shows it)`]],
  );
}

function* describeQuestions(row: TaskRow, open: boolean): Iterable<string> {
  if (typeof row.questions === 'object') yield `questions     ${formatPayload(row.questions)}`;
  for (const [key, question] of Object.entries(parseQuestions(row))) {
    yield `question      ${key}  ${question.method}  ${describeQuestionState(question)}`;
    if (open) yield `              ${JSON.stringify({ params: question.params, answer: question.answer })}`;
  }
}

const parseQuestions = ({ questions: kept }: TaskRow): Questions => (typeof kept === 'string' ? JSON.parse(kept) : {});

const toQuestionSummaries = (row: TaskRow) =>
  Object.entries(parseQuestions(row)).map(([key, question]) => ({
    ...{ key, method: question.method, standing: describeQuestionState(question), deadline: question.deadline },
  }));

const describeQuestionState = ({ answer, withdrawn }: Question): string =>
  answer !== undefined ? 'answered' : withdrawn ? 'withdrawn' : 'outstanding';

const formatPayloadSize = (payload: Payload): string =>
  typeof payload === 'string' ? `${Buffer.byteLength(payload)} bytes` : `${payload.bytes} bytes, outside the table`;

const formatPayload = (payload: Payload): string =>
  typeof payload === 'string' ? payload : `${payload.bytes} bytes in the payload bucket, at ${payload.at}`;
