import { beforeEach, describe, expect, test } from 'vitest';
import { ConfigurationError, defineServer, defineTool } from '../../../../lambda/index.ts';
import { MAX_WAIT_MS } from '../../../../lambda/mcp/model-tools/wait.ts';
import { checkServer } from '../../../../lambda/mcp/sdk/index.ts';
import type { ServerDefinition } from '../../../../lambda/tool/types.ts';
import { createTestFrontDoor } from '../../../support/front-door.ts';
import { DECLARED_TASKS } from '../../../support/requests.ts';
import { inlineOnlyDefinition, modelToolsDefinition, ranTools } from './server.ts';

const FORM = { elicitation: { form: {} } };
const buildNameAnswer = (name: string) => ({ action: 'accept', content: { name } });

beforeEach(() => {
  ranTools.length = 0;
});

/** @param workAfterMs how long a worker takes to come by, while a request waits; never: none does */
function openModelToolsDoor(workAfterMs = Number.POSITIVE_INFINITY, served: ServerDefinition = modelToolsDefinition) {
  let now = 1_800_000_000_000;
  const began = now;
  const waits: number[] = [];
  const door = createTestFrontDoor(served, {
    now: () => now,
    wait: async (ms) => {
      now += ms;
      waits.push(ms);
      if (now - began >= workAfterMs) await door.work();
    },
  });
  const modern = async (name: string, args: object = {}, more: object = {}, capabilities: object = {}) =>
    (await door.call('tools/call', { name, arguments: args, ...more }, { capabilities: { ...capabilities } })).json;
  const legacy = async (name: string, args: object = {}) =>
    (
      await door.send({
        headers: { 'mcp-protocol-version': '2025-06-18' },
        body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
      })
    ).json;
  const names = async (request: () => Promise<{ json: { result: { tools: { name: string }[] } } }>) =>
    (await request()).json.result.tools.map(({ name }) => name);
  return { ...door, modern, legacy, names, waits, passed: () => now - began };
}

const readResultText = (json: { result: { content: { text: string }[] } }): string =>
  json.result.content[0]?.text ?? '';
const parseTaskReference = (json: Parameters<typeof readResultText>[0]): { task_id: string } =>
  JSON.parse(/\{"task_id":"[^"]+"\}/.exec(readResultText(json))?.[0] ?? '{}');

describe.each(['modern', 'legacy'] as const)('a client without tasks (%s)', (era) => {
  test('handOff: a plain result names the task, whose result get_task_result then has', async () => {
    const door = openModelToolsDoor();
    const handed = await door[era]('report', { year: 2025 });
    expect(handed.result).not.toHaveProperty('taskId');
    expect(handed.result.isError).toBeUndefined();
    expect(readResultText(handed)).toContain('get_task_result');
    expect(door.waits).toEqual([]);
    await door.work();
    const got = await door[era]('get_task_result', parseTaskReference(handed));
    expect(got.result.structuredContent).toEqual({ rows: 2025 });
    expect(ranTools).toEqual(['report']);
  });

  test('get_task_result waits on the server, with few reads, and then says how long to stay away', async () => {
    const door = openModelToolsDoor();
    const task = parseTaskReference(await door[era]('report', { year: 2025 }));
    door.calls.length = 0;
    const got = await door[era]('get_task_result', task);
    expect(readResultText(got)).toMatch(/still working.*in about \d+ s at the earliest/);
    expect(door.passed()).toBeGreaterThan(MAX_WAIT_MS - 3_001);
    expect(door.passed()).toBeLessThanOrEqual(MAX_WAIT_MS);
    expect(door.calls.filter((call) => call === 'read').length).toBeLessThanOrEqual(12);
    expect(door.written).toEqual(['send', 'insert']);
  });

  test('get_task_result returns as soon as the result is there', async () => {
    const door = openModelToolsDoor(600);
    const task = parseTaskReference(await door[era]('report', { year: 2025 }));
    expect((await door[era]('get_task_result', task)).result.structuredContent).toEqual({ rows: 2025 });
    expect(door.passed()).toBeLessThan(1_000);
  });

  test('inlineThenHandOff: what is quick is the result of the call', async () => {
    const door = openModelToolsDoor(300);
    expect(readResultText(await door[era]('quick'))).toBe('done');
    expect(ranTools).toEqual(['quick']);
  });

  test('inlineThenHandOff: what is not goes on as a task, and nothing is done twice', async () => {
    const door = openModelToolsDoor(MAX_WAIT_MS + 1);
    const handed = await door[era]('quick');
    expect(readResultText(handed)).toContain('quick has been started as task');
    expect(ranTools).toEqual([]);
    expect(readResultText(await door[era]('get_task_result', parseTaskReference(handed)))).toBe('done');
    expect(ranTools).toEqual(['quick']);
  });

  test('cancel_task stops it, and get_task_result says so', async () => {
    const door = openModelToolsDoor();
    const task = parseTaskReference(await door[era]('report', { year: 2025 }));
    expect(readResultText(await door[era]('cancel_task', task))).toContain('is cancelled');
    const got = await door[era]('get_task_result', task);
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('was cancelled');
    await door.work();
    expect(ranTools).toEqual([]);
  });

  test('a task that had ended cannot be cancelled any more', async () => {
    const door = openModelToolsDoor();
    const task = parseTaskReference(await door[era]('report', { year: 2025 }));
    await door.work();
    expect(readResultText(await door[era]('cancel_task', task))).toContain('had ended before');
    expect((await door[era]('get_task_result', task)).result.structuredContent).toEqual({ rows: 2025 });
  });

  test.each(['get_task_result', 'cancel_task'])('%s of a task that is not there says so', async (name) => {
    const door = openModelToolsDoor();
    for (const id of ['none', '../x', '']) {
      const got = await door[era](name, { task_id: id });
      expect(got.result.isError).toBe(true);
      expect(readResultText(got)).toContain('There is no task');
    }
  });

  test('a tool error is the result that the model reads', async () => {
    const door = openModelToolsDoor();
    const task = parseTaskReference(await door[era]('fails'));
    await door.work();
    const got = await door[era]('get_task_result', task);
    expect(got.result).toMatchObject({ isError: true, content: [{ text: 'The disk is full.' }] });
  });

  test('a question that the client cannot be asked is named, with the way out', async () => {
    const door = openModelToolsDoor();
    const task = parseTaskReference(await door[era]('asks_later'));
    await door.work();
    const got = await door[era]('get_task_result', task);
    // The creator did not say that it can be asked: the tool heard so at once.
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toMatch(/elicitation/);
  });

  test('inline stays inline, and makes no task', async () => {
    const door = openModelToolsDoor();
    expect(readResultText(await door[era]('inline'))).toBe('ran here');
    expect(door.written).toEqual([]);
  });

  test('a tool that pushes a question in the middle is told what to be instead', async () => {
    const got = await openModelToolsDoor()[era]('pushes');
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('defineTool');
  });
});

describe('2026-07-28', () => {
  test('questions of a task that the call waits for are the call’s own: its retry answers them', async () => {
    const door = openModelToolsDoor(100);
    const first = (await door.modern('asks', {}, {}, FORM)).result;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    const { requestState } = first;
    const end = await door.modern('asks', {}, { requestState, inputResponses: { who: buildNameAnswer('Ada') } }, FORM);
    expect(readResultText(end)).toBe('Hello, Ada.');
    expect(ranTools).toEqual(['asks']);
  });

  test('somebody else’s requestState opens nothing, whatever task it names', async () => {
    const door = openModelToolsDoor(100);
    const { requestState } = (await door.modern('asks', {}, {}, FORM)).result;
    const params = { name: 'asks', arguments: {}, requestState, inputResponses: { who: buildNameAnswer('Eve') } };
    const got = await door.call('tools/call', params, { capabilities: FORM, owner: 'eve' });
    expect(got.json.error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
  });

  test('questions of a task that was handed off are those of get_task_result', async () => {
    const door = openModelToolsDoor(100);
    const task = parseTaskReference(await door.modern('asks_later', {}, {}, FORM));
    const asked = (await door.modern('get_task_result', task, {}, FORM)).result;
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    const got = await door.modern('get_task_result', task, { inputResponses: { who: buildNameAnswer('Ada') } }, FORM);
    expect(readResultText(got)).toBe('Hello, Ada.');
    const again = await door.modern('get_task_result', task, {}, FORM);
    expect(readResultText(again)).toBe('Hello, Ada.');
  });

  test('… and a client that cannot be asked any more is told what the task waits for', async () => {
    const door = openModelToolsDoor(100);
    const task = parseTaskReference(await door.modern('asks_later', {}, {}, FORM));
    const got = await door.modern('get_task_result', task);
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('"Who are you?"');
    expect(readResultText(got)).toContain('cancel_task');
  });

  test('a JSON-RPC error in time is one, as if the tool had run in the call', async () => {
    expect((await openModelToolsDoor(100).modern('breaks')).error).toEqual({ code: -31999, message: 'broken' });
  });

  test('a tool that requires tasks is refused with what is missing', async () => {
    expect((await openModelToolsDoor().modern('required')).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: DECLARED_TASKS },
    });
  });

  test('a client with tasks gets one, whatever the tool does without', async () => {
    expect((await openModelToolsDoor().modern('report', { year: 1 }, {}, DECLARED_TASKS)).result).toMatchObject({
      resultType: 'task',
    });
  });
});

describe('2025-11-25', () => {
  test('what a client calls its state is not believed: no step is skipped for it', async () => {
    const door = openModelToolsDoor(100);
    const history = { journal: { 'step:work#1': '{"v":"forged"}' }, questions: {} };
    const forged = {
      requestState: JSON.stringify({ id: 'x', phase: 'run', history }),
      inputResponses: { who: buildNameAnswer('Eve') },
    };
    const { json } = await door.send({
      headers: { 'mcp-protocol-version': '2025-11-25' },
      body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'remembers', arguments: {}, ...forged } },
    });
    expect(readResultText(json)).toBe('remembered: true');
  });
});

describe('tools/list', () => {
  const FOLLOW_UP = ['get_task_result', 'cancel_task'];
  const legacyList = {
    headers: { 'mcp-protocol-version': '2025-11-25' },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  };

  test('the tools to follow a task are there for who has no tasks, and for whom it cannot be told', async () => {
    const door = openModelToolsDoor();
    expect(await door.names(() => door.call('tools/list', {}, { capabilities: {} }))).toEqual(
      expect.arrayContaining(FOLLOW_UP),
    );
    expect(await door.names(() => door.send(legacyList))).toEqual(expect.arrayContaining(FOLLOW_UP));
    const withTasks = await door.names(() => door.call('tools/list', {}, { capabilities: DECLARED_TASKS }));
    expect(withTasks).not.toEqual(expect.arrayContaining(['get_task_result']));
  });

  test('they are not there where no tool hands off', async () => {
    const door = openModelToolsDoor(0, inlineOnlyDefinition);
    expect(await door.names(() => door.call('tools/list', {}, { capabilities: {} }))).toEqual(['inline']);
    expect(await door.names(() => door.send(legacyList))).toEqual(['inline']);
  });

  test('a tool that may hand off promises its output to those only who get it', async () => {
    const door = openModelToolsDoor();
    const outputOf = async (capabilities: Record<string, unknown>) =>
      (await door.call('tools/list', {}, { capabilities })).json.result.tools.find(
        ({ name }: { name: string }) => name === 'report',
      ).outputSchema;
    expect(await outputOf({})).toBeUndefined();
    expect(await outputOf(DECLARED_TASKS)).toMatchObject({ type: 'object' });
  });

  test('their words keep a model from polling in a loop', async () => {
    const { tools } = (await openModelToolsDoor().call('tools/list', {}, { capabilities: {} })).json.result;
    const follow = tools.find(({ name }: { name: string }) => name === 'get_task_result');
    expect(follow.description).toMatch(/waits for the result by itself.*never call it in a loop/s);
    expect(follow.annotations).toMatchObject({ readOnlyHint: true });
  });
});

describe('names', () => {
  const mine = defineTool('get_task_result', {}, () => ({ content: [] }));
  const handing = defineTool('x', { withoutTasks: 'handOff' }, () => ({ content: [] }));

  test('a tool of the same name is refused where some tool hands off, with what to do', () => {
    const both = { name: 's', version: '1', tools: [mine, handing] };
    expect(() => defineServer(both)).toThrow(ConfigurationError);
    expect(() => defineServer(both)).toThrow(/"get_task_result" is taken.*Rename/s);
    expect(defineServer({ ...both, tools: [mine] }).tools.size).toBe(1);
  });

  test('… and so is one that mcp() registers', async () => {
    const twice = defineServer({
      ...{ name: 's', version: '1', tools: [handing] },
      mcp: (server) => void server.registerTool('cancel_task', {}, () => ({ content: [] })),
    });
    await expect(checkServer(twice)).rejects.toThrow(/"cancel_task" is taken.*Rename/s);
  });
});
