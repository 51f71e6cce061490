/**
 * Fixtures of the `input-required-result-*` scenarios, as durable tools: the suite calls them without the tasks
 * extension, so their questions travel in `input_required` results and their state in `requestState`. Questions that
 * durable tools do not ask, or that must be answered without `requestState`: ordinary-asking.ts.
 */
import { z } from 'zod';
import { defineTool } from '../../lambda/index.ts';
import type { TaskContext } from '../../lambda/tool/task-context.ts';
import { toTextResult } from '../support/results.ts';

const emptySchema = z.object({});

async function askName(task: TaskContext) {
  const answer = await task.elicit('user_name', {
    message: 'What is your name?',
    requestedSchema: z.object({ name: z.string() }),
  });
  return toTextResult(answer.action === 'accept' ? `Hello, ${answer.content.name}!` : `No name (${answer.action}).`);
}

async function askOk(task: TaskContext) {
  const answer = await task.elicit('confirm', {
    message: 'Please confirm',
    requestedSchema: z.object({ ok: z.boolean() }),
  });
  return toTextResult(`state-ok: ${answer.content?.ok ?? answer.action}`);
}

async function askModel(task: TaskContext, name: string, question: string) {
  const answer = await task.sample(name, {
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens: 100,
  });
  const first = Array.isArray(answer.content) ? answer.content[0] : answer.content;
  return toTextResult(first?.type === 'text' ? first.text : 'no text');
}

export const ASKING_TOOLS = [
  defineTool(
    'test_streaming_elicitation',
    { description: 'Asks for a name and greets.', inputSchema: emptySchema },
    (_args, task) => askName(task),
  ),
  defineTool(
    'test_input_required_result_sampling',
    { description: "Asks the client's model a question.", inputSchema: emptySchema },
    (_args, task) => askModel(task, 'capital_question', 'What is the capital of France?'),
  ),
  defineTool(
    'test_missing_capability',
    { description: "Needs the client's model.", inputSchema: emptySchema, asks: ['sampling'] },
    (_args, task) => askModel(task, 'question', 'What is the capital of France?'),
  ),
  defineTool(
    'test_input_required_result_request_state',
    { description: 'Asks for a confirmation.', inputSchema: emptySchema },
    (_args, task) => askOk(task),
  ),
  defineTool(
    'test_input_required_result_tampered_state',
    { description: 'Asks for a confirmation.', inputSchema: emptySchema },
    (_args, task) => askOk(task),
  ),
  defineTool(
    'test_input_required_result_multi_round',
    { description: 'Asks two questions, one after the other.', inputSchema: emptySchema },
    async (_args, task) => {
      const name = await task.elicit('step1', {
        message: 'Step 1: What is your name?',
        requestedSchema: z.object({ name: z.string() }),
      });
      const color = await task.elicit('step2', {
        message: 'Step 2: What is your favorite color?',
        requestedSchema: z.object({ color: z.string() }),
      });
      return toTextResult(`${name.content?.name ?? name.action} likes ${color.content?.color ?? color.action}.`);
    },
  ),
  defineTool(
    'test_input_required_result_capabilities',
    { description: 'Asks in every way that the client declared.', inputSchema: emptySchema },
    async (_args, task) => {
      const questions: Promise<{ content: { type: 'text'; text: string }[] }>[] = [];
      if (task.can('sampling')) questions.push(askModel(task, 'capital_question', 'What is the capital of France?'));
      if (task.can('elicitation')) questions.push(askName(task));
      const answers = await Promise.all(questions);
      return { content: answers.flatMap((answer) => answer.content) };
    },
  ),
];
