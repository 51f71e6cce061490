import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { ApplicationElicitResult } from '@modelcontextprotocol/ext-tasks/client';
import { describe, expect, test } from 'vitest';
import { type CannotAnswer, createInputHandler } from '../../../bin/call/questions.ts';
import { createTerminal } from '../../../bin/call/terminal.ts';

/** A terminal with a person who types the next line whenever a prompt appears. */
function createTypist(lines: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const typed = [...lines];
  let screen = '';
  output.on('data', (chunk: Buffer) => {
    screen += chunk;
    if (!/: $/.test(stripVTControlCharacters(String(chunk)))) return;
    const next = typed.shift();
    setImmediate(() => (next === undefined ? input.end() : input.write(`${next}\r`)));
  });
  const terminal = createTerminal({ input, output, onInterrupt: () => {}, now: () => 0 });
  return { terminal, screen: () => screen };
}

const askInTerminal = async (
  lines: readonly string[],
  params: Record<string, unknown>,
  fields: Record<string, string> = {},
) => {
  const { terminal, screen } = createTypist(lines);
  const givenAnswers = { fields: new Map(Object.entries(fields)) };
  const handleInput = createInputHandler(givenAnswers, terminal, () => {});
  const result = await handleInput({ kind: 'elicitation', params: params as never }, {
    scope: 'task',
    delivery: 'task-update',
    applicationContext: undefined,
  } as never);
  return { answer: result as ApplicationElicitResult, screen: screen() };
};

const buildFormParams = (
  properties: Record<string, unknown>,
  required: readonly string[] = Object.keys(properties),
) => ({
  message: 'Please fill in.',
  requestedSchema: { type: 'object', properties, required },
});

describe('questions at the prompt', () => {
  test('asks for each field and reads it by its type', async () => {
    const { answer, screen } = await askInTerminal(
      ['Ada', '3', '2', '1,2', 'y'],
      buildFormParams({
        name: { type: 'string', title: 'Your name' },
        pieces: { type: 'integer' },
        size: { type: 'string', enum: ['small', 'large'] },
        extras: { type: 'array', items: { type: 'string', enum: ['milk', 'sugar'] } },
        gift: { type: 'boolean' },
      }),
    );
    expect(screen).toContain('Please fill in.');
    expect(screen).toContain('Your name');
    expect(screen).toContain('2) large');
    expect(answer).toEqual({
      action: 'accept',
      content: { name: 'Ada', pieces: 3, size: 'large', extras: ['milk', 'sugar'], gift: true },
    });
  });

  test('says why an answer does not fit, and asks again', async () => {
    const { answer, screen } = await askInTerminal(['many', '3'], buildFormParams({ pieces: { type: 'integer' } }));
    expect(screen).toContain('The answer must be a number.');
    expect(answer.content).toEqual({ pieces: 3 });
  });

  test('takes the default, or omits an optional field, on Enter', async () => {
    const properties = { gift: { type: 'boolean', default: true }, note: { type: 'string' } };
    expect((await askInTerminal(['', ''], buildFormParams(properties, ['gift']))).answer).toEqual({
      action: 'accept',
      content: { gift: true },
    });
  });

  test.each(['decline', 'cancel'] as const)('refuses the question on /%s', async (action) => {
    expect((await askInTerminal([`/${action}`], buildFormParams({ name: { type: 'string' } }))).answer).toEqual({
      action,
    });
  });

  test('cancels the question when the input ends', async () => {
    expect((await askInTerminal([], buildFormParams({ name: { type: 'string' } }))).answer).toEqual({
      action: 'cancel',
    });
  });

  test('asks only for fields that --answer did not give', async () => {
    const { answer } = await askInTerminal(
      ['3'],
      buildFormParams({ name: { type: 'string' }, pieces: { type: 'integer' } }),
      {
        name: 'Ada',
      },
    );
    expect(answer.content).toEqual({ name: 'Ada', pieces: 3 });
  });

  test('shows the URL that is to be opened', async () => {
    const { answer, screen } = await askInTerminal([''], {
      mode: 'url',
      message: 'Sign in.',
      url: 'https://example.com/',
    });
    expect(screen).toContain('https://example.com/');
    expect(answer).toEqual({ action: 'accept' });
  });

  test('removes control characters from what the server sends', async () => {
    const { screen } = await askInTerminal(['x'], {
      ...buildFormParams({ name: { type: 'string' } }),
      message: 'A\u001b[2J\u202eB',
    });
    expect(screen).toContain('A[2JB');
  });
});

describe('questions without a terminal', () => {
  const terminal = createTerminal({
    input: new PassThrough(),
    output: new PassThrough(),
    onInterrupt: () => {},
    now: () => 0,
  });

  test('are left unanswered, with a hint on how to answer them', async () => {
    const gaveUp = Promise.withResolvers<CannotAnswer>();
    const stop = new AbortController();
    const handleInput = createInputHandler({ fields: new Map() }, terminal, (reason) => {
      gaveUp.resolve(reason);
      stop.abort();
    });
    const request = {
      kind: 'elicitation',
      params: buildFormParams({ size: { type: 'string', enum: ['s', 'l'] } }) as never,
    } as const;
    await expect(handleInput(request, { signal: stop.signal } as never)).rejects.toThrow('--answer size=s|l');
    expect((await gaveUp.promise).message).toContain('no terminal');
  });

  test('are given up when they are neither forms nor URLs', async () => {
    const stop = new AbortController();
    const handleInput = createInputHandler({ fields: new Map() }, terminal, () => stop.abort());
    await expect(handleInput({ kind: 'roots' }, { signal: stop.signal } as never)).rejects.toThrow('asks for roots');
  });

  test('take the defaults of the fields that --answer accept leaves open', async () => {
    const handleInput = createInputHandler({ fields: new Map(), whole: 'accept' }, terminal, () => {});
    const properties = { gift: { type: 'boolean', default: true }, note: { type: 'string' } };
    const request = { kind: 'elicitation', params: buildFormParams(properties, ['gift']) as never } as const;
    expect(await handleInput(request, {} as never)).toEqual({ action: 'accept', content: { gift: true } });
  });
});
