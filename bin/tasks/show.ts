import type { Payload, Question, Questions, TaskRow } from '../../lambda/tasks/record.ts';
import type { TasksArguments } from './arguments.ts';
import type { Terminal } from './console.ts';
import type { Deployment } from './deployment.ts';
import { findTask } from './find.ts';
import { factsOf, ownerOf, stateOf, when } from './state.ts';

export async function show(deployment: Deployment, args: TasksArguments, terminal: Terminal): Promise<void> {
  const row = await findTask(deployment, args, terminal);
  const now = Date.now();
  if (args.json) {
    terminal.print(JSON.stringify(args.payloads ? row : { ...factsOf(row, now), questions: questionFacts(row) }));
    return;
  }
  const facts = [...identity(row), ...progress(row, now), ...payloads(row, args.payloads)];
  for (const [name, value] of facts) terminal.print(`${name.padEnd(14)}${value}`);
  for (const line of questions(row, args.payloads)) terminal.print(line);
  if (row.entries === 0) return;
  for (const { id, value } of await deployment.store.journal(row.id))
    terminal.print(`recorded      ${id}  ${sizeOf(value)}${args.payloads ? `  ${textOf(value)}` : ''}`);
}

type Facts = [name: string, value: string][];

const identity = (row: TaskRow): Facts => [
  ['task', row.id],
  ['owner', ownerOf(row) ?? 'nobody: the server is anonymous'],
  ['tool', row.tool],
  ['era', `MCP ${row.era}`],
  ...(row.traceparent === undefined ? [] : ([['trace', row.traceparent.split('-')[1] ?? '']] as Facts)),
];

function progress(row: TaskRow, now: number): Facts {
  const { progress: told, toolError } = row;
  return [
    ['status', `${row.status}${toolError ? ' (the tool says that it is an error)' : ''}`],
    ['state', stateOf(row, now)],
    ...(told ? ([['progress', `${told.done}${told.total === undefined ? '' : ` of ${told.total}`}`]] as Facts) : []),
    ['created', when(row.createdAt, now)],
    ['updated', when(row.lastUpdatedAt, now)],
    ['expires', when(row.expiresAt, now)],
    ['generation', `${row.generation}: made runnable ${row.generation === 1 ? 'once' : `${row.generation} times`}`],
    ['failures', `${row.failures} runs begun since the last progress, ${row.maxFailures} may end without a word`],
    ...(row.leaseUntil === undefined ? [] : ([['lease', `until ${when(row.leaseUntil, now)}`]] as Facts)),
    ...(row.wakeAt === undefined ? [] : ([['timer', when(row.wakeAt, now)]] as Facts)),
  ];
}

function payloads(row: TaskRow, open: boolean): Facts {
  const kept: [string, Payload | undefined][] = [
    ['message', row.statusMessage],
    ['arguments', row.arguments],
    ['outcome', row.outcome],
  ];
  return kept.flatMap(
    ([name, payload]): Facts =>
      payload === undefined ? [] : [[name, open ? textOf(payload) : `${sizeOf(payload)} (--payloads shows it)`]],
  );
}

function* questions(row: TaskRow, open: boolean): Iterable<string> {
  if (typeof row.questions === 'object') yield `questions     ${textOf(row.questions)}`;
  for (const [key, question] of Object.entries(questionsIn(row))) {
    yield `question      ${key}  ${question.method}  ${standing(question)}`;
    if (open) yield `              ${JSON.stringify({ params: question.params, answer: question.answer })}`;
  }
}

const questionsIn = ({ questions: kept }: TaskRow): Questions => (typeof kept === 'string' ? JSON.parse(kept) : {});

const questionFacts = (row: TaskRow) =>
  Object.entries(questionsIn(row)).map(([key, question]) => ({
    ...{ key, method: question.method, standing: standing(question), deadline: question.deadline },
  }));

const standing = ({ answer, withdrawn }: Question): string =>
  answer !== undefined ? 'answered' : withdrawn ? 'withdrawn' : 'outstanding';

const sizeOf = (payload: Payload): string =>
  typeof payload === 'string' ? `${Buffer.byteLength(payload)} bytes` : `${payload.bytes} bytes, outside the table`;

const textOf = (payload: Payload): string =>
  typeof payload === 'string' ? payload : `${payload.bytes} bytes in the payload bucket, at ${payload.at}`;
