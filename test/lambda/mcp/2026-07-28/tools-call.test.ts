import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineServer, defineTool, InputNotSupported, ProtocolError, toolError } from '../../../../lambda/index.ts';
import { MAX_REQUEST_STATE_LENGTH, REQUEST_STATE_TTL_MS } from '../../../../lambda/mcp/2026-07-28/request-state.ts';
import { META_KEYS } from '../../../../lambda/mcp/rpc.ts';
import type { TaskContext } from '../../../../lambda/tool/task-context.ts';
import { createTestFrontDoor, type TestFrontDoorOptions } from '../../../support/front-door.ts';
import { DECLARED_TASKS } from '../../../support/requests.ts';
import { toTextResult } from '../../../support/results.ts';

const form = z.object({ name: z.string() });
const FORM = { elicitation: {} };
const buildAcceptedForm = (name: string) => ({ action: 'accept', content: { name } });

/** What ran, and how often. */
let ran: string[] = [];

const greet = async ({ greeting }: { greeting: string }, task: TaskContext) => {
  const at = await task.step('clock', () => {
    ran.push('step');
    return 12;
  });
  const answer = await task.elicit('who', { message: 'Who are you?', requestedSchema: form });
  return toTextResult(`${greeting} at ${at}: ${answer.action === 'accept' ? answer.content.name : answer.action}`);
};
const greeting = z.object({ greeting: z.string() });

const definition = defineServer({
  name: 'calls',
  version: '1.0.0',
  tools: [
    defineTool('greet', { inputSchema: greeting }, greet),
    defineTool('greet_too', { inputSchema: greeting }, greet),
    defineTool('required', { taskSupport: 'required', asks: ['elicitation'] }, () => toTextResult('ran')),
    defineTool('forbidden', { taskSupport: 'forbidden' }, () => toTextResult('ran')),
    defineTool('hands_off', { withoutTasks: 'handOff' }, () => toTextResult('ran')),
    defineTool('asks_url', { asks: ['elicitationUrl', 'sampling'] }, () => toTextResult('ran')),
    defineTool(
      'decides',
      {
        inputSchema: z.object({ rows: z.number() }),
        decide: ({ rows }, { era }) => (rows > 10 ? 'task' : era ? 'inline' : 'task'),
      },
      ({ rows }) => toTextResult(`${rows} rows`),
    ),
    defineTool(
      'decides_badly',
      {
        decide: () => {
          throw new Error('cannot decide');
        },
      },
      () => toTextResult('ran'),
    ),
    defineTool('breaks', { taskSupport: 'forbidden' }, () => {
      throw new ProtocolError(-31999, 'broken');
    }),
    defineTool('needs', { taskSupport: 'forbidden' }, () => {
      throw new InputNotSupported({ sampling: {} });
    }),
    defineTool('asks_unasked', { taskSupport: 'forbidden' }, async (task) => {
      await task.elicit('who', { message: 'Who?', requestedSchema: form });
      return toTextResult('ran');
    }),
    defineTool(
      'remembers',
      { taskSupport: 'forbidden', inputSchema: z.object({ size: z.number() }) },
      async ({ size }, task) => {
        await task.step('large', () => 'x'.repeat(size));
        await task.elicit('who', { message: 'Who?', requestedSchema: form });
        return toTextResult('ran');
      },
    ),
    defineTool(
      'prepared',
      {
        inputSchema: z.object({ name: z.string().optional() }),
        prepare: async (args, ask) => {
          ran.push('prepare');
          const answer = await ask.elicit('name', { message: 'Who?', requestedSchema: form });
          return answer.action === 'accept'
            ? { ...args, name: answer.content.name }
            : toolError(`Not begun (${answer.action}).`);
        },
      },
      async ({ name }, task) => {
        const answer = await task.elicit('sure', {
          message: 'Sure?',
          requestedSchema: z.object({ sure: z.boolean() }),
        });
        return toTextResult(`${name}: ${answer.action === 'accept' && answer.content.sure}`);
      },
    ),
  ],
});

const openToolsCallDoor = (options?: TestFrontDoorOptions) => {
  ran = [];
  const frontDoor = createTestFrontDoor(definition, options);
  const callTool = (
    name: string,
    args: object,
    capabilities: Record<string, unknown>,
    more: object = {},
    owner?: string,
  ) => frontDoor.call('tools/call', { name, arguments: args, ...more }, { capabilities, ...(owner && { owner }) });
  return { ...frontDoor, callTool };
};

describe('task or inline', () => {
  test('a client that declares tasks gets a task; one that does not gets the result', async () => {
    const { callTool, written } = openToolsCallDoor();
    expect((await callTool('decides', { rows: 1 }, {})).json.result).toEqual({
      content: [{ type: 'text', text: '1 rows' }],
      resultType: 'complete',
      _meta: { [META_KEYS.serverInfo]: { name: 'calls', version: '1.0.0' } },
    });
    expect(written).toEqual([]);
    expect((await callTool('hands_off', {}, DECLARED_TASKS)).json.result.resultType).toBe('task');
  });

  test('a tool that forbids tasks never creates one', async () => {
    expect((await openToolsCallDoor().callTool('forbidden', {}, DECLARED_TASKS)).json.result.resultType).toBe(
      'complete',
    );
  });

  test('`decide` chooses for each call', async () => {
    const { callTool } = openToolsCallDoor();
    expect((await callTool('decides', { rows: 3 }, DECLARED_TASKS)).json.result).toMatchObject({
      resultType: 'complete',
      content: [{ text: '3 rows' }],
    });
    expect((await callTool('decides', { rows: 30 }, DECLARED_TASKS)).json.result.resultType).toBe('task');
  });

  test('a `decide` that throws is a tool error, and nothing is written', async () => {
    const { callTool, written } = openToolsCallDoor();
    expect((await callTool('decides_badly', {}, DECLARED_TASKS)).json.result).toMatchObject({
      isError: true,
      content: [{ text: 'cannot decide' }],
    });
    expect(written).toEqual([]);
  });

  test('a protocol error of an inline run is the response', async () => {
    const got = await openToolsCallDoor().callTool('breaks', {}, {});
    expect({ status: got.status, error: got.json.error }).toEqual({
      status: 200,
      error: { code: -31999, message: 'broken' },
    });
  });
});

test('a tool’s scopes are checked after the protocol’s own checks, and before the tool’s', async () => {
  const scoped = defineServer({
    name: 'scoped',
    version: '1.0.0',
    tools: [defineTool('erase', { scopes: ['write'], asks: ['elicitation'] }, () => ({ content: [] }))],
  });
  const frontDoor = createTestFrontDoor(scoped);
  const call = { name: 'erase', arguments: {} };
  const malformed = await frontDoor.call('tools/call', call, { meta: { [META_KEYS.protocolVersion]: '2027-01-01' } });
  expect(malformed.status).toBe(400);
  expect(frontDoor.loads).toEqual({ server: 0, sdk: 0 });
  const refused = await frontDoor.call('tools/call', call, { capabilities: {} });
  expect(refused.status).toBe(403);
  expect(frontDoor.loads).toEqual({ server: 1, sdk: 0 });
});

describe('capabilities', () => {
  test('all missing capabilities are named at once, before any work', async () => {
    const { callTool, calls } = openToolsCallDoor();
    const got = await callTool('required', {}, {});
    expect(got.status).toBe(400);
    expect(got.json.error).toMatchObject({ code: -32021 });
    expect(got.json.error.data.requiredCapabilities).toEqual({ ...DECLARED_TASKS, elicitation: { form: {} } });
    const other = await callTool('asks_url', {}, { ...DECLARED_TASKS, elicitation: {} });
    expect(other.json.error.data.requiredCapabilities).toEqual({ elicitation: { url: {} }, sampling: {} });
    expect(calls).toEqual([]);
  });

  test.each([
    ['needs', { sampling: {} }],
    ['asks_unasked', { elicitation: { form: {} } }],
  ])(
    'an inline call ends when its tool asks what the client did not declare: %s',
    async (name, requiredCapabilities) => {
      const got = await openToolsCallDoor().callTool(name, {}, {});
      expect({ status: got.status, code: got.json.error.code }).toEqual({ status: 400, code: -32021 });
      expect(got.json.error.data).toEqual({ requiredCapabilities });
    },
  );
});

describe('questions of an inline call', () => {
  const ask = async (options?: TestFrontDoorOptions, owner?: string) => {
    const frontDoor = openToolsCallDoor(options);
    const first = (await frontDoor.callTool('greet', { greeting: 'Hi' }, FORM, {}, owner)).json.result;
    const retry = (more: object, args: object = { greeting: 'Hi' }, name = 'greet', as = owner) =>
      frontDoor.callTool(name, args, FORM, { requestState: first.requestState, ...more }, as);
    return { ...frontDoor, first, retry };
  };

  test('become an input_required result, and the retry repeats no step', async () => {
    const { first, retry, written } = await ask();
    expect(first).toEqual({
      resultType: 'input_required',
      inputRequests: {
        who: {
          method: 'elicitation/create',
          params: expect.objectContaining({ mode: 'form', message: 'Who are you?' }),
        },
      },
      requestState: expect.stringMatching(/^[\w-]+$/),
      _meta: { [META_KEYS.serverInfo]: { name: 'calls', version: '1.0.0' } },
    });
    const { json } = await retry({ inputResponses: { who: buildAcceptedForm('Ada') } });
    expect(json.result).toMatchObject({ resultType: 'complete', content: [{ text: 'Hi at 12: Ada' }] });
    expect(ran).toEqual(['step']);
    expect(written).toEqual([]);
  });

  test('a retry without the answer is asked again, as MCP requires', async () => {
    const { retry } = await ask();
    const again = (await retry({ inputResponses: { other: buildAcceptedForm('x') } })).json.result;
    expect(again.resultType).toBe('input_required');
    expect(Object.keys(again.inputRequests)).toEqual(['who']);
  });

  test('after an invalid answer the question is asked again under a new key', async () => {
    const { retry, callTool } = await ask();
    const again = (await retry({ inputResponses: { who: { action: 'accept', content: {} } } })).json.result;
    const [key = ''] = Object.keys(again.inputRequests);
    expect(key).not.toBe('who');
    const end = await callTool('greet', { greeting: 'Hi' }, FORM, {
      requestState: again.requestState,
      inputResponses: { [key]: buildAcceptedForm('Bo') },
    });
    expect(end.json.result.content[0].text).toBe('Hi at 12: Bo');
    expect(ran).toEqual(['step']);
  });

  test('the order of a client’s arguments does not matter', async () => {
    const frontDoor = openToolsCallDoor();
    const args = { size: 1, extra: { b: 1, a: [1, { d: 1, c: 2 }] } };
    const other = { extra: { a: [1, { c: 2, d: 1 }], b: 1 }, size: 1 };
    const { requestState } = (await frontDoor.callTool('remembers', args, FORM)).json.result;
    const end = await frontDoor.callTool('remembers', other, FORM, {
      requestState,
      inputResponses: { who: buildAcceptedForm('x') },
    });
    expect(end.json.result.content[0].text).toBe('ran');
  });

  test('a retry that no longer declares the needed capability is refused', async () => {
    const { callTool, first } = await ask();
    const got = await callTool('greet', { greeting: 'Hi' }, {}, { requestState: first.requestState });
    expect({ status: got.status, code: got.json.error.code }).toEqual({ status: 400, code: -32021 });
  });

  describe('requestState is refused, always with the same error', () => {
    const refusal = {
      code: -32602,
      message: expect.stringContaining('call the tool again without requestState'),
      data: { reason: 'invalid_request_state' },
    };
    const answers = { inputResponses: { who: buildAcceptedForm('Ada') } };

    test.each([
      ['other arguments', {}, { greeting: 'Bye' }, 'greet', 'alice'],
      ['more arguments', {}, { greeting: 'Hi', more: 1 }, 'greet', 'alice'],
      ['another tool', {}, { greeting: 'Hi' }, 'greet_too', 'alice'],
      ['another caller', {}, { greeting: 'Hi' }, 'greet', 'bob'],
      ['an anonymous caller', {}, { greeting: 'Hi' }, 'greet', undefined],
      ['no text', { requestState: 5 }, { greeting: 'Hi' }, 'greet', 'alice'],
      ['empty text', { requestState: '' }, { greeting: 'Hi' }, 'greet', 'alice'],
      ['forged text', { requestState: 'QUJD'.repeat(50) }, { greeting: 'Hi' }, 'greet', 'alice'],
      ['a megabyte', { requestState: 'A'.repeat(1_000_000) }, { greeting: 'Hi' }, 'greet', 'alice'],
    ])('%s', async (_, more, args, name, owner) => {
      const { callTool, first } = await ask({}, 'alice');
      const got = await callTool(name, args, FORM, { requestState: first.requestState, ...answers, ...more }, owner);
      expect({ status: got.status, error: got.json.error }).toEqual({ status: 200, error: refusal });
      expect(ran).toEqual(['step']);
    });

    test('after it has expired', async () => {
      let now = 1_800_000_000_000;
      const { retry } = await ask({ now: () => now });
      now += REQUEST_STATE_TTL_MS - 1;
      expect((await retry(answers)).json.result.resultType).toBe('complete');
      now += 1;
      expect((await retry(answers)).json.error).toEqual(refusal);
    });
  });

  test('a state too long for the client is stored sealed, and the client carries its key', async () => {
    const { callTool, payloads } = openToolsCallDoor();
    const small = (await callTool('remembers', { size: 20_000 }, FORM)).json.result;
    expect(small.requestState.length).toBeLessThanOrEqual(MAX_REQUEST_STATE_LENGTH);
    expect(payloads.size).toBe(0);

    const { requestState } = (await callTool('remembers', { size: MAX_REQUEST_STATE_LENGTH }, FORM)).json.result;
    expect(requestState.length).toBeLessThan(300);
    expect([...payloads.keys()]).toEqual([expect.stringMatching(/^state\//)]);
    expect([...payloads.values()].join()).not.toContain('x'.repeat(20));
    const answers = { requestState, inputResponses: { who: buildAcceptedForm('x') } };
    const end = await callTool('remembers', { size: MAX_REQUEST_STATE_LENGTH }, FORM, answers);
    expect(end.json.result).toMatchObject({ resultType: 'complete', content: [{ text: 'ran' }] });
    const other = await callTool('remembers', { size: 1 }, FORM, answers);
    expect(other.json.error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } });
  });
});

describe('prepare', () => {
  const CLIENT = { ...DECLARED_TASKS, ...FORM };

  test('asks before the task exists; the task starts with the arguments it returned', async () => {
    const { callTool, call, work, written } = openToolsCallDoor();
    const first = (await callTool('prepared', {}, CLIENT)).json.result;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { name: { method: 'elicitation/create' } },
    });
    expect(first).not.toHaveProperty('taskId');
    expect(written).toEqual([]);
    const made = (
      await callTool('prepared', {}, CLIENT, {
        requestState: first.requestState,
        inputResponses: { name: buildAcceptedForm('Ada') },
      })
    ).json.result;
    expect(made.resultType).toBe('task');
    expect(made).not.toHaveProperty('requestState');
    expect(written).toEqual(['send', 'insert']);
    await work();
    const { taskId } = made;
    const inputResponses = { sure: { action: 'accept', content: { sure: true } } };
    await call('tasks/update', { taskId, inputResponses }, { capabilities: CLIENT });
    await work();
    const { json } = await call('tasks/get', { taskId }, { capabilities: CLIENT });
    expect(json.result.result.content[0].text).toBe('Ada: true');
  });

  test('a tool error of `prepare` ends the call, and nothing is written', async () => {
    const { callTool, written } = openToolsCallDoor();
    const { requestState } = (await callTool('prepared', {}, CLIENT)).json.result;
    const got = await callTool('prepared', {}, CLIENT, {
      requestState,
      inputResponses: { name: { action: 'decline' } },
    });
    expect(got.json.result).toMatchObject({
      isError: true,
      resultType: 'complete',
      content: [{ text: 'Not begun (decline).' }],
    });
    expect(written).toEqual([]);
  });

  test('an inline call continues from the questions of `prepare` to those of the tool, without preparing again', async () => {
    const { callTool } = openToolsCallDoor();
    const first = (await callTool('prepared', {}, FORM)).json.result;
    const second = (
      await callTool('prepared', {}, FORM, {
        requestState: first.requestState,
        inputResponses: { name: buildAcceptedForm('Ada') },
      })
    ).json.result;
    expect(Object.keys(second.inputRequests)).toEqual(['sure']);
    const prepared = ran.length;
    const end = await callTool('prepared', {}, FORM, {
      requestState: second.requestState,
      inputResponses: { sure: { action: 'accept', content: { sure: false } } },
    });
    expect(end.json.result.content[0].text).toBe('Ada: false');
    expect(ran.length).toBe(prepared);
  });
});
