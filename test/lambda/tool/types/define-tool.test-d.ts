/** What `defineTool` infers, and what it refuses while it is compiled. */
import { describe, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type CallFacts, defineTool, type TaskContext, type Tool, toolError } from '../../../../lambda/index.ts';

const inputSchema = z.object({ dataset: z.string(), limit: z.number().default(10) });
const outputSchema = z.object({ rows: z.number(), uri: z.string() });
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

describe('arguments', () => {
  test('are inferred from the input schema, as the schema makes them', () => {
    const tool = defineTool('t', { inputSchema }, async (args, task) => {
      expectTypeOf(args).toEqualTypeOf<{ dataset: string; limit: number }>();
      expectTypeOf(task).toEqualTypeOf<TaskContext>();
      return text(args.dataset);
    });
    expectTypeOf(tool).toEqualTypeOf<Tool>();
  });

  test('are the same for onCancel, decide and prepare', () => {
    defineTool(
      't',
      {
        inputSchema,
        onCancel: (args, task) => {
          expectTypeOf(args).toEqualTypeOf<{ dataset: string; limit: number }>();
          expectTypeOf(task).toEqualTypeOf<{ readonly id: string; readonly signal: AbortSignal }>();
        },
        decide: (args, call) => {
          expectTypeOf(args.limit).toBeNumber();
          expectTypeOf(call).toEqualTypeOf<CallFacts>();
          return args.limit > 5 ? 'task' : 'inline';
        },
        prepare: async (args, ask) => {
          expectTypeOf(args.dataset).toBeString();
          return ask.can('elicitation') ? { ...args, limit: 1 } : toolError('no');
        },
      },
      async () => text(''),
    );
  });

  test('that are not in the schema do not exist', () => {
    // @ts-expect-error -- no argument has that name
    defineTool('t', { inputSchema }, async (args) => text(args.other));
  });

  test('are absent without an input schema: the handler gets only the task', () => {
    defineTool('t', {}, async (task) => {
      expectTypeOf(task).toEqualTypeOf<TaskContext>();
      return text(task.id);
    });
    // @ts-expect-error -- a second parameter would never get a value
    defineTool('t', {}, async (_args, task) => text(task.id));
  });

  test('cannot be changed to another type by prepare', () => {
    // @ts-expect-error -- the task would start with arguments that its handler does not take
    defineTool('t', { inputSchema, prepare: async () => ({ dataset: 1 }) }, async () => text(''));
  });

  test('need a schema that can describe itself as JSON Schema', () => {
    // @ts-expect-error -- a plain object is not a schema
    defineTool('t', { inputSchema: { dataset: z.string() } }, async () => text(''));
  });
});

describe('output', () => {
  test('that fits the output schema needs no content', () => {
    defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: 1, uri: 'x' } }));
    defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: 1, uri: 'x' }, ...text('x') }));
  });

  test('may be a tool error instead, with or without an output schema', () => {
    defineTool('t', { outputSchema }, async () => toolError('no rows'));
    defineTool('t', {}, async () => toolError('no rows'));
  });

  test('of the wrong type is refused', () => {
    // @ts-expect-error -- rows is a number
    defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: '1', uri: 'x' } }));
  });

  test('that lacks a property is refused', () => {
    // @ts-expect-error -- uri is missing
    defineTool('t', { outputSchema }, async () => ({ structuredContent: { rows: 1 } }));
  });

  test('with only content is refused where there is an output schema', () => {
    // @ts-expect-error -- structuredContent is missing
    defineTool('t', { outputSchema }, async () => text('1 row'));
  });

  test('without content is refused where there is no output schema', () => {
    // @ts-expect-error -- nothing would be left for a client to show
    defineTool('t', {}, async () => ({ structuredContent: { rows: 1 } }));
  });

  test('that is missing is refused', () => {
    // @ts-expect-error -- a tool returns a result
    defineTool('t', {}, async () => {});
  });
});

describe('a tool that requires a task', () => {
  test('needs no other option', () => {
    defineTool('t', { taskSupport: 'required' }, async () => text(''));
    defineTool('t', { taskSupport: 'forbidden' }, async () => text(''));
  });

  test('can have no fallback for clients without tasks', () => {
    // @ts-expect-error -- required leaves no choice
    defineTool('t', { taskSupport: 'required', withoutTasks: 'inline' }, async () => text(''));
    // @ts-expect-error -- required leaves no choice
    defineTool('t', { taskSupport: 'required', withoutTasks: 'handOff' }, async () => text(''));
  });

  test('cannot decide from call to call', () => {
    // @ts-expect-error -- required leaves no choice
    defineTool('t', { taskSupport: 'required', decide: () => 'inline' as const }, async () => text(''));
  });
});

describe('a tool that forbids tasks', () => {
  test('can neither hand off nor decide', () => {
    // @ts-expect-error -- there will be no task to hand off to
    defineTool('t', { taskSupport: 'forbidden', withoutTasks: 'handOff' }, async () => text(''));
    // @ts-expect-error -- there is nothing to decide
    defineTool('t', { taskSupport: 'forbidden', decide: () => 'task' as const }, async () => text(''));
  });
});

describe('a tool with optional tasks', () => {
  test('may choose, also by default', () => {
    defineTool('t', { withoutTasks: 'handOff', decide: () => 'task' }, async () => text(''));
    defineTool('t', { taskSupport: 'optional', withoutTasks: 'inlineThenHandOff' }, async () => text(''));
  });

  test('can decide only between a task and the call itself', () => {
    // @ts-expect-error -- no such choice
    defineTool('t', { decide: () => 'later' as const }, async () => text(''));
  });
});

describe('a configuration', () => {
  test('with an unknown option is refused', () => {
    // @ts-expect-error -- it is called lifetimeMs
    defineTool('t', { lifetime: 1_000 }, async () => text(''));
  });

  test('can announce only kinds of question that exist', () => {
    defineTool('t', { asks: ['elicitation', 'elicitationUrl', 'sampling'] }, async () => text(''));
    // @ts-expect-error -- no such question
    defineTool('t', { asks: ['forms'] }, async () => text(''));
  });
});
