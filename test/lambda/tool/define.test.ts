/** A tool or server that cannot work fails at once, with a message that says what to change. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, defineServer, defineTool, TOOL_DEFAULTS, type Tool } from '../../../lambda/index.ts';

const handler = async () => ({ content: [] });
const defineLoosely = (name: string, config: object = {}): Tool => defineTool(name, config as never, handler as never);

describe('a tool', () => {
  test('has every default filled in', () => {
    expect(defineLoosely('t')).toMatchObject({
      ...TOOL_DEFAULTS,
      taskSupport: 'optional',
      withoutTasks: 'inline',
      asks: [],
    });
  });

  test('may set only one bound of the poll interval', () => {
    expect(defineLoosely('t', { pollIntervalMs: { min: 50 } }).pollIntervalMs).toEqual({ min: 50, max: 30_000 });
  });

  test('keeps what only clients read', () => {
    const seen = {
      title: 'T',
      description: 'D',
      annotations: { readOnlyHint: true },
      icons: [],
      _meta: { 'a.b/c': 1 },
    };
    expect(defineLoosely('t', seen)).toMatchObject(seen);
  });

  test.each<[string, string, object, string]>([
    ['no name', '', {}, 'the name must have 1 to 128 characters'],
    ['a name with a space', 'two words', {}, 'the name must have 1 to 128 characters'],
    ['a long name', 'x'.repeat(129), {}, 'the name must have 1 to 128 characters'],
    ['required with a fallback', 't', { taskSupport: 'required', withoutTasks: 'inline' }, 'this tool has "required"'],
    ['required that decides', 't', { taskSupport: 'required', decide: () => 'task' }, 'this tool has "required"'],
    ['forbidden that hands off', 't', { taskSupport: 'forbidden', withoutTasks: 'handOff' }, 'has "forbidden"'],
    ['a plain object for a schema', 't', { inputSchema: { a: z.string() } }, '"inputSchema" must be a Standard Schema'],
    ['output without a schema', 't', { outputSchema: {} }, '"outputSchema" must be a Standard Schema'],
    ['no lifetime', 't', { lifetimeMs: 0 }, '"lifetimeMs" must be a positive integer (ms)'],
    ['half a millisecond', 't', { retentionMs: 0.5 }, '"retentionMs" must be a positive integer (ms)'],
    ['a lifetime beyond that of its message', 't', { lifetimeMs: 15 * 86_400_000 }, '14 days at most'],
    ['min above max', 't', { pollIntervalMs: { min: 60_000 } }, 'min no larger than max'],
    ['no failures allowed', 't', { maxFailures: 0 }, '"maxFailures" must be a positive integer'],
  ])('is refused with %s', (_, name, config, message) => {
    expect(() => defineLoosely(name, config)).toThrow(ConfigurationError);
    expect(() => defineLoosely(name, config)).toThrow(message);
  });
});

describe('a server', () => {
  const config = { name: 's', version: '1', tools: [defineLoosely('a'), defineLoosely('b')] };

  test('knows its tools by name', () => {
    const server = defineServer({ ...config, title: 'S', instructions: 'Start with a.' });
    expect(server.info).toEqual({ name: 's', version: '1', title: 'S' });
    expect([...server.tools.keys()]).toEqual(['a', 'b']);
  });

  test.each<[string, object, string]>([
    [
      'a name that is used twice',
      { tools: [defineLoosely('a'), defineLoosely('a')] },
      'Two tools are named "a": rename one of them.',
    ],
    ['no name', { name: '' }, '"name" must be a non-empty string'],
    ['no version', { version: undefined }, '"version" must be a non-empty string'],
    ['something other than a tool', { tools: [{ name: 'a' }] }, 'must be what defineTool returned'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => defineServer({ ...config, ...change } as never)).toThrow(ConfigurationError);
    expect(() => defineServer({ ...config, ...change } as never)).toThrow(message);
  });
});
