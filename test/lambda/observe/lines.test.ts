/** The log of a whole stack whose tasks handle only secrets: it has every event and none of the secrets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { getDynamoDbEndpoint } from '../../support/dynamodb.ts';
import { buildRequest } from '../../support/requests.ts';

/** Only a hang takes that long. */
const WAIT_OPTIONS = { timeout: 600_000, interval: 50 };

type OutputLine = Readonly<Record<string, unknown>>;

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const CAPABILITIES = { elicitation: { form: {} }, extensions: { 'io.modelcontextprotocol/tasks': {} } };

let stack: ReturnType<typeof spawn>;
let stderrText = '';
let endpoint: { readonly url: string; readonly token: string };
/** Task ids, by the name of the tool. */
const tasks: Record<string, string> = {};

const parseLines = (): OutputLine[] =>
  stderrText
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
const API_EVENTS = ['task.created', 'task.answered', 'task.cancelled'];
/** Lines of the API function first: a worker may log its claim before the API logs the task. */
const findTaskLines = (name: string): OutputLine[] =>
  parseLines()
    .filter(({ task }) => task === tasks[name])
    .sort((a, b) => Number(API_EVENTS.includes(String(b.event))) - Number(API_EVENTS.includes(String(a.event))));
const listTaskEvents = (name: string) => findTaskLines(name).map(({ event }) => event);

async function callWithTrace(
  method: string,
  params: Record<string, unknown>,
  authorization = `Bearer ${endpoint.token}`,
) {
  const { headers, body } = buildRequest(method, params, {
    capabilities: CAPABILITIES,
    meta: { traceparent: TRACEPARENT },
  });
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: {
      ...(headers as Record<string, string>),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization,
      cookie: 'session=SECRET cookie',
    },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  const json: any = await response.json();
  return { status: response.status, result: json.result };
}

async function startNamedTask(name: string): Promise<void> {
  const { result } = await callWithTrace('tools/call', { name, arguments: { text: 'SECRET argument' } });
  tasks[name] = result.taskId;
}

const waitForNamedTask = (name: string, status: string) =>
  vi.waitFor(async () => {
    const { result } = await callWithTrace('tasks/get', { taskId: tasks[name] });
    expect(result.status).toBe(status);
    return result;
  }, WAIT_OPTIONS);

beforeAll(async () => {
  const main = fileURLToPath(new URL('stack-process.ts', import.meta.url));
  stack = spawn(process.execPath, [main, getDynamoDbEndpoint()], { stdio: ['pipe', 'pipe', 'pipe'] });
  stack.stderr?.setEncoding('utf8').on('data', (text) => {
    stderrText += text;
  });
  const [first] = await once(stack.stdout as NodeJS.ReadableStream, 'data');
  endpoint = JSON.parse(String(first));

  await Promise.all(['ask', 'fail', 'refuse', 'hold'].map(startNamedTask));
  const asked = await waitForNamedTask('ask', 'input_required');
  const [key = ''] = Object.keys(asked.inputRequests);
  const content = { choice: 'SECRET answer' };
  await callWithTrace('tasks/update', { taskId: tasks.ask, inputResponses: { [key]: { action: 'accept', content } } });
  await waitForNamedTask('ask', 'completed');
  await waitForNamedTask('refuse', 'completed');
  await waitForNamedTask('fail', 'completed');
  await vi.waitFor(() => expect(listTaskEvents('hold')).toContain('run.started'), WAIT_OPTIONS);
  await callWithTrace('tasks/cancel', { taskId: tasks.hold });
  await vi.waitFor(() => expect(listTaskEvents('hold')).toContain('cleanUp.threw'), WAIT_OPTIONS);
  await callWithTrace('tools/call', { name: 'brittle', arguments: { text: 'SECRET argument' } });
  await callWithTrace('tools/call', { name: 'ask', arguments: { text: { SECRET: 1 } } });
  await callWithTrace('tasks/get', { taskId: 'SECRET-id' });
  await callWithTrace('tasks/get', { taskId: tasks.ask }, 'Bearer SECRET.token.here');
  await vi.waitFor(() => expect(parseLines().filter(({ status }) => status === 401)).toHaveLength(1), WAIT_OPTIONS);
});

afterAll(async () => {
  stack.stdin?.end();
  await once(stack, 'close');
});

describe('the lines of a whole stack', () => {
  test('contain no argument, answer, question, progress, result, error of a tool, cookie or token', () => {
    expect(parseLines().length).toBeGreaterThan(15);
    expect(stderrText).not.toContain('SECRET');
    expect(stderrText).not.toContain(endpoint.token);
    for (const part of endpoint.token.split('.')) expect(stderrText).not.toContain(part);
    expect(stderrText).not.toContain('a-subject');
  });

  test('are one for each change of state, with the owner of the task and how it went', () => {
    expect(listTaskEvents('ask')).toEqual([
      'task.created',
      'task.answered',
      'run.started',
      'task.parked',
      'run.started',
      'task.ended',
    ]);
    const owner = findTaskLines('ask')[0]?.owner;
    expect(owner).toMatch(/^[\w-]{20,}$/);
    for (const line of findTaskLines('ask'))
      expect(line).toMatchObject({
        owner,
        tool: 'ask',
        era: '2026-07-28',
        level: 'INFO',
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        timestamp: expect.stringMatching(/Z$/),
      });
    const [, , first, , second, ended] = findTaskLines('ask');
    expect(first).toMatchObject({ generation: 1, attempt: 1, failures: 0, queueWaitMs: expect.any(Number) });
    expect(second).toMatchObject({ generation: 2, attempt: 1, queueWaitMs: expect.any(Number) });
    expect(ended).toMatchObject({ status: 'completed', durationMs: expect.any(Number), runMs: expect.any(Number) });
  });

  test('distinguish cancellations and failed clean-ups from tool errors', () => {
    expect(findTaskLines('refuse').at(-1)).toMatchObject({ event: 'task.ended', toolError: true });
    expect(findTaskLines('fail').at(-1)).toMatchObject({ event: 'task.ended', toolError: true });
    expect(listTaskEvents('hold')).toEqual(expect.arrayContaining(['task.cancelled', 'run.lost', 'cleanUp.threw']));
    expect(findTaskLines('hold').find(({ event }) => event === 'run.lost')).toMatchObject({ reason: 'TaskCancelled' });
  });

  test('join the call and each run of its task in the trace of the caller', () => {
    const spans = findTaskLines('ask').filter(({ event }) => event === 'task.created' || event === 'run.started');
    expect(spans.map(({ trace_id }) => trace_id)).toEqual([TRACE, TRACE, TRACE]);
    const [created, first, second] = spans;
    expect(created?.parent_id).toBe('b7ad6b7169203331');
    expect([first?.parent_id, second?.parent_id]).toEqual([created?.span_id, created?.span_id]);
    expect(new Set(spans.map(({ span_id }) => span_id)).size).toBe(3);
  });

  test('contain metrics for CloudWatch', () => {
    const sumMetric = (name: string) => parseLines().reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
    expect(sumMetric('TasksCreated')).toBe(4);
    expect(sumMetric('TasksCompleted')).toBe(1);
    expect(sumMetric('ToolErrors')).toBe(2);
    expect(sumMetric('TasksCancelled')).toBe(1);
    expect(sumMetric('Resumes')).toBe(1);
    expect(sumMetric('RequestsFailed')).toBe(1);
    for (const line of parseLines().filter((each) => '_aws' in each)) expect(line.server).toBe('McpTasks-Mcp-97F523E5');
  });

  test('say where a broken validator threw', () => {
    const [failed] = parseLines().filter(({ event }) => event === 'request.failed');
    expect(failed).toMatchObject({ level: 'ERROR', status: 500, method: 'tools/call', error: 'Error' });
    expect(failed?.stack).toContain('servers/secrets.ts');
  });
});
