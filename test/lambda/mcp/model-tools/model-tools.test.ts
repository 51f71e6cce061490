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

/** @param workAfterMs when a worker runs while a request waits (ms). Absent: none does */
function openModelToolsDoor(workAfterMs = Number.POSITIVE_INFINITY, served: ServerDefinition = modelToolsDefinition) {
  let now = 1_800_000_000_000;
  const began = now;
  const waits: number[] = [];
  const frontDoor = createTestFrontDoor(served, {
    now: () => now,
    wait: async (ms) => {
      now += ms;
      waits.push(ms);
      if (now - began >= workAfterMs) await frontDoor.work();
    },
  });
  const modern = async (name: string, args: object = {}, more: object = {}, capabilities: object = {}) =>
    (await frontDoor.call('tools/call', { name, arguments: args, ...more }, { capabilities: { ...capabilities } }))
      .json;
  const legacy = async (name: string, args: object = {}) =>
    (
      await frontDoor.send({
        headers: { 'mcp-protocol-version': '2025-06-18' },
        body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
      })
    ).json;
  const names = async (request: () => Promise<{ json: { result: { tools: { name: string }[] } } }>) =>
    (await request()).json.result.tools.map(({ name }) => name);
  return { ...frontDoor, modern, legacy, names, waits, passed: () => now - began };
}

const readResultText = (json: { result: { content: { text: string }[] } }): string =>
  json.result.content[0]?.text ?? '';
const parseTaskReference = (json: Parameters<typeof readResultText>[0]): { task_id: string } =>
  JSON.parse(/\{"task_id":"[^"]+"\}/.exec(readResultText(json))?.[0] ?? '{}');

describe.each(['modern', 'legacy'] as const)('a client without tasks (%s)', (era) => {
  test('handOff: a plain result names the task, and get_task_result returns its result', async () => {
    const frontDoor = openModelToolsDoor();
    const handed = await frontDoor[era]('report', { year: 2025 });
    expect(handed.result).not.toHaveProperty('taskId');
    expect(handed.result.isError).toBeUndefined();
    expect(readResultText(handed)).toContain('get_task_result');
    expect(frontDoor.waits).toEqual([]);
    await frontDoor.work();
    const got = await frontDoor[era]('get_task_result', parseTaskReference(handed));
    expect(got.result.structuredContent).toEqual({ rows: 2025 });
    expect(ranTools).toEqual(['report']);
  });

  test('get_task_result waits on the server, with few reads, and then says when to call again', async () => {
    const frontDoor = openModelToolsDoor();
    const task = parseTaskReference(await frontDoor[era]('report', { year: 2025 }));
    frontDoor.calls.length = 0;
    const got = await frontDoor[era]('get_task_result', task);
    expect(readResultText(got)).toMatch(/still working.*no sooner than in \d+ s/);
    expect(frontDoor.passed()).toBeGreaterThan(MAX_WAIT_MS - 3_001);
    expect(frontDoor.passed()).toBeLessThanOrEqual(MAX_WAIT_MS);
    expect(frontDoor.calls.filter((call) => call === 'read').length).toBeLessThanOrEqual(12);
    expect(frontDoor.written).toEqual(['send', 'insert']);
  });

  test('get_task_result returns as soon as there is a result', async () => {
    const frontDoor = openModelToolsDoor(600);
    const task = parseTaskReference(await frontDoor[era]('report', { year: 2025 }));
    expect((await frontDoor[era]('get_task_result', task)).result.structuredContent).toEqual({ rows: 2025 });
    expect(frontDoor.passed()).toBeLessThan(1_000);
  });

  test('inlineThenHandOff: quick work becomes the result of the call', async () => {
    const frontDoor = openModelToolsDoor(300);
    expect(readResultText(await frontDoor[era]('quick'))).toBe('done');
    expect(ranTools).toEqual(['quick']);
  });

  test('inlineThenHandOff: slow work continues as a task, and nothing is done twice', async () => {
    const frontDoor = openModelToolsDoor(MAX_WAIT_MS + 1);
    const handed = await frontDoor[era]('quick');
    expect(readResultText(handed)).toContain('quick has been started as task');
    expect(ranTools).toEqual([]);
    expect(readResultText(await frontDoor[era]('get_task_result', parseTaskReference(handed)))).toBe('done');
    expect(ranTools).toEqual(['quick']);
  });

  test('cancel_task stops the task, and get_task_result reports that', async () => {
    const frontDoor = openModelToolsDoor();
    const task = parseTaskReference(await frontDoor[era]('report', { year: 2025 }));
    expect(readResultText(await frontDoor[era]('cancel_task', task))).toContain('is cancelled');
    const got = await frontDoor[era]('get_task_result', task);
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('was cancelled');
    await frontDoor.work();
    expect(ranTools).toEqual([]);
  });

  test('a task that has already ended cannot be cancelled', async () => {
    const frontDoor = openModelToolsDoor();
    const task = parseTaskReference(await frontDoor[era]('report', { year: 2025 }));
    await frontDoor.work();
    expect(readResultText(await frontDoor[era]('cancel_task', task))).toContain('had already ended before');
    expect((await frontDoor[era]('get_task_result', task)).result.structuredContent).toEqual({ rows: 2025 });
  });

  test.each(['get_task_result', 'cancel_task'])('%s reports an unknown task', async (name) => {
    const frontDoor = openModelToolsDoor();
    for (const id of ['none', '../x', '']) {
      const got = await frontDoor[era](name, { task_id: id });
      expect(got.result.isError).toBe(true);
      expect(readResultText(got)).toContain('There is no task');
    }
  });

  test('a tool error is the result that the model reads', async () => {
    const frontDoor = openModelToolsDoor();
    const task = parseTaskReference(await frontDoor[era]('fails'));
    await frontDoor.work();
    const got = await frontDoor[era]('get_task_result', task);
    expect(got.result).toMatchObject({ isError: true, content: [{ text: 'The disk is full.' }] });
  });

  test('a question that the client cannot be asked is named, with what to do instead', async () => {
    const frontDoor = openModelToolsDoor();
    const task = parseTaskReference(await frontDoor[era]('asks_later'));
    await frontDoor.work();
    const got = await frontDoor[era]('get_task_result', task);
    // The client did not declare that it can be asked: the tool learned that at once.
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toMatch(/elicitation/);
  });

  test('inline stays inline, and creates no task', async () => {
    const frontDoor = openModelToolsDoor();
    expect(readResultText(await frontDoor[era]('inline'))).toBe('ran here');
    expect(frontDoor.written).toEqual([]);
  });

  test('a tool that pushes a question gets an error that names the alternatives', async () => {
    const got = await openModelToolsDoor()[era]('pushes');
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('defineTool');
  });
});

describe('2026-07-28', () => {
  test('questions of a task that the call waits for become the call’s own: its retry answers them', async () => {
    const frontDoor = openModelToolsDoor(100);
    const first = (await frontDoor.modern('asks', {}, {}, FORM)).result;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    const { requestState } = first;
    const end = await frontDoor.modern(
      'asks',
      {},
      { requestState, inputResponses: { who: buildNameAnswer('Ada') } },
      FORM,
    );
    expect(readResultText(end)).toBe('Hello, Ada.');
    expect(ranTools).toEqual(['asks']);
  });

  test('another caller’s requestState is refused, whatever task it names', async () => {
    const frontDoor = openModelToolsDoor(100);
    const { requestState } = (await frontDoor.modern('asks', {}, {}, FORM)).result;
    const params = { name: 'asks', arguments: {}, requestState, inputResponses: { who: buildNameAnswer('Eve') } };
    const got = await frontDoor.call('tools/call', params, { capabilities: FORM, owner: 'eve' });
    expect(got.json.error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
  });

  test('questions of a task that was handed off are asked by get_task_result', async () => {
    const frontDoor = openModelToolsDoor(100);
    const task = parseTaskReference(await frontDoor.modern('asks_later', {}, {}, FORM));
    const asked = (await frontDoor.modern('get_task_result', task, {}, FORM)).result;
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create' } },
    });
    const got = await frontDoor.modern(
      'get_task_result',
      task,
      { inputResponses: { who: buildNameAnswer('Ada') } },
      FORM,
    );
    expect(readResultText(got)).toBe('Hello, Ada.');
    const again = await frontDoor.modern('get_task_result', task, {}, FORM);
    expect(readResultText(again)).toBe('Hello, Ada.');
  });

  test('… and a client that can no longer be asked learns what the task is waiting for', async () => {
    const frontDoor = openModelToolsDoor(100);
    const task = parseTaskReference(await frontDoor.modern('asks_later', {}, {}, FORM));
    const got = await frontDoor.modern('get_task_result', task);
    expect(got.result.isError).toBe(true);
    expect(readResultText(got)).toContain('"Who are you?"');
    expect(readResultText(got)).toContain('cancel_task');
  });

  test('a JSON-RPC error within the wait is returned as one, as from an inline run', async () => {
    expect((await openModelToolsDoor(100).modern('breaks')).error).toEqual({ code: -31999, message: 'broken' });
  });

  test('a call of a tool that requires tasks is refused, naming what is missing', async () => {
    expect((await openModelToolsDoor().modern('required')).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: DECLARED_TASKS },
    });
  });

  test('a client with tasks gets a task, whatever the tool does for others', async () => {
    expect((await openModelToolsDoor().modern('report', { year: 1 }, {}, DECLARED_TASKS)).result).toMatchObject({
      resultType: 'task',
    });
  });
});

describe('2025-11-25', () => {
  test('a state that a client made up is not trusted: no step is skipped for it', async () => {
    const frontDoor = openModelToolsDoor(100);
    const history = { journal: { 'step:work#1': '{"v":"forged"}' }, questions: {} };
    const forged = {
      requestState: JSON.stringify({ id: 'x', phase: 'run', history }),
      inputResponses: { who: buildNameAnswer('Eve') },
    };
    const { json } = await frontDoor.send({
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

  test('the model tools are listed for clients without tasks, and for clients that may have none', async () => {
    const frontDoor = openModelToolsDoor();
    expect(await frontDoor.names(() => frontDoor.call('tools/list', {}, { capabilities: {} }))).toEqual(
      expect.arrayContaining(FOLLOW_UP),
    );
    expect(await frontDoor.names(() => frontDoor.send(legacyList))).toEqual(expect.arrayContaining(FOLLOW_UP));
    const withTasks = await frontDoor.names(() => frontDoor.call('tools/list', {}, { capabilities: DECLARED_TASKS }));
    expect(withTasks).not.toEqual(expect.arrayContaining(['get_task_result']));
  });

  test('they are not listed by a server where no tool hands off', async () => {
    const frontDoor = openModelToolsDoor(0, inlineOnlyDefinition);
    expect(await frontDoor.names(() => frontDoor.call('tools/list', {}, { capabilities: {} }))).toEqual(['inline']);
    expect(await frontDoor.names(() => frontDoor.send(legacyList))).toEqual(['inline']);
  });

  test('a tool that may hand off declares its output schema only to clients that get the output', async () => {
    const frontDoor = openModelToolsDoor();
    const outputOf = async (capabilities: Record<string, unknown>) =>
      (await frontDoor.call('tools/list', {}, { capabilities })).json.result.tools.find(
        ({ name }: { name: string }) => name === 'report',
      ).outputSchema;
    expect(await outputOf({})).toBeUndefined();
    expect(await outputOf(DECLARED_TASKS)).toMatchObject({ type: 'object' });
  });

  test('their descriptions keep a model from polling in a loop', async () => {
    const { tools } = (await openModelToolsDoor().call('tools/list', {}, { capabilities: {} })).json.result;
    const follow = tools.find(({ name }: { name: string }) => name === 'get_task_result');
    expect(follow.description).toMatch(/waits up to \d+ s for the result.*never call it in a loop/s);
    expect(follow.annotations).toMatchObject({ readOnlyHint: true });
  });
});

describe('names', () => {
  const mine = defineTool('get_task_result', {}, () => ({ content: [] }));
  const handing = defineTool('x', { withoutTasks: 'handOff' }, () => ({ content: [] }));

  test('a tool of the same name is refused on a server where some tool hands off, with advice', () => {
    const both = { name: 's', version: '1', tools: [mine, handing] };
    expect(() => defineServer(both)).toThrow(ConfigurationError);
    expect(() => defineServer(both)).toThrow(/"get_task_result" is reserved.*Rename/s);
    expect(defineServer({ ...both, tools: [mine] }).tools.size).toBe(1);
  });

  test('… and so is one that mcp() registers', async () => {
    const twice = defineServer({
      name: 's',
      version: '1',
      tools: [handing],
      mcp: (server) => void server.registerTool('cancel_task', {}, () => ({ content: [] })),
    });
    await expect(checkServer(twice)).rejects.toThrow(/"cancel_task" is reserved.*Rename/s);
  });
});
