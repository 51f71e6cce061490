/**
 * Ordinary tools that ask: they return `inputRequired(…)`, which the SDK delivers as an `input_required`
 * result in 2026-07-28. Roots are here because durable tools do not ask for them (deprecated, SEP-2577).
 */
import {
  type CallToolResult,
  createRequestStateCodec,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toTextResult } from '../support/results.ts';

type OrdinaryResult = CallToolResult | InputRequiredResult;
type OrdinaryInputRequest = ReturnType<typeof inputRequired.listRoots>;

/** It only protects fixtures: every instance must have the same key, and nothing depends on its secrecy. */
const requestState = createRequestStateCodec<string>({ key: 'the conformance fixture signs its state with this' });

function buildFormRequest(
  message: string,
  requestedSchema: Parameters<typeof inputRequired.elicit>[0]['requestedSchema'],
) {
  return inputRequired.elicit({ message, requestedSchema });
}

const buildSamplingRequest = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

/** Asks one question, and returns the answer in the text that the scenario prescribes. */
function askOnce(
  responses: Record<string, unknown> | undefined,
  key: string,
  question: OrdinaryInputRequest,
  describe: (answer: Exclude<ReturnType<typeof inputResponse>, { kind: 'missing' }>) => string,
): OrdinaryResult {
  const answer = inputResponse(responses, key);
  return answer.kind === 'missing'
    ? inputRequired({ inputRequests: { [key]: question } })
    : toTextResult(describe(answer));
}

const describeFormAnswer = (prefix: string) => (answer: ReturnType<typeof inputResponse>) =>
  answer.kind === 'elicit'
    ? `${prefix} action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`
    : `${prefix} not an answer to a form`;

export function registerAskingTools(server: McpServer): void {
  server.registerTool('test_input_required_result_list_roots', { description: 'Asks for the roots.' }, (ctx) =>
    askOnce(ctx.mcpReq.inputResponses, 'client_roots', inputRequired.listRoots(), (answer) =>
      answer.kind === 'roots' ? answer.roots.map((root) => root.uri).join(', ') : 'not a list of roots',
    ),
  );

  server.registerTool('test_input_required_result_elicitation', { description: 'Asks for a name.' }, (ctx) =>
    askOnce(
      ctx.mcpReq.inputResponses,
      'user_name',
      buildFormRequest('What is your name?', z.object({ name: z.string() })),
      (answer) => (answer.kind === 'elicit' ? `Hello, ${answer.content?.name}!` : 'not an answer to a form'),
    ),
  );

  server.registerTool(
    'test_input_required_result_multiple_inputs',
    { description: 'Asks in three ways at once.' },
    async (ctx): Promise<OrdinaryResult> => {
      const responses = ctx.mcpReq.inputResponses;
      const questions: Record<string, OrdinaryInputRequest> = {
        user_name: buildFormRequest('What is your name?', z.object({ name: z.string() })),
        greeting: buildSamplingRequest('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      };
      const missing = Object.keys(questions).filter((key) => inputResponse(responses, key).kind === 'missing');
      if (missing.length > 0) {
        const inputRequests = Object.fromEntries(missing.map((key) => [key, questions[key] as OrdinaryInputRequest]));
        return inputRequired({ inputRequests, requestState: await requestState.mint('asked', ctx) });
      }
      await requestState.verify(ctx.mcpReq.requestState<string>() ?? '', ctx);
      return toTextResult(JSON.stringify(responses));
    },
  );

  server.registerTool(
    'test_sampling',
    { description: "Asks the client's model.", inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, ctx) =>
      askOnce(ctx.mcpReq.inputResponses, 'sampling', buildSamplingRequest(prompt, 100), (answer) => {
        if (answer.kind !== 'sampling') return 'not an answer from a model';
        const first = Array.isArray(answer.result.content) ? answer.result.content[0] : answer.result.content;
        return `LLM response: ${first?.type === 'text' ? first.text : 'no text'}`;
      }),
  );

  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: z.object({ message: z.string() }) },
    ({ message }, ctx) =>
      askOnce(
        ctx.mcpReq.inputResponses,
        'user',
        buildFormRequest(
          message,
          z.object({
            username: z.string().describe("User's response"),
            email: z.string().describe("User's email address"),
          }),
        ),
        describeFormAnswer('User response:'),
      ),
  );

  // Asks nothing, but must be called again: in 2025-11-25 its stream ends before there is a result.
  server.registerTool(
    'test_reconnection',
    { description: 'Ends its stream and continues when it is resumed.' },
    (ctx) =>
      ctx.mcpReq.requestState() === undefined
        ? inputRequired({ requestState: 'reconnect' })
        : toTextResult('Reconnection test completed successfully'),
  );

  server.registerTool('test_elicitation_sep1034_defaults', { description: 'Asks with defaults.' }, (ctx) =>
    askOnce(
      ctx.mcpReq.inputResponses,
      'defaults',
      buildFormRequest('Please check these values', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      }),
      describeFormAnswer('Elicitation completed:'),
    ),
  );

  server.registerTool('test_elicitation_sep1330_enums', { description: 'Asks for choices.' }, (ctx) =>
    askOnce(
      ctx.mcpReq.inputResponses,
      'enums',
      buildFormRequest('Please choose', {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
          titledSingle: { type: 'string', oneOf: buildTitledChoices('value', 'Option') },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
          titledMulti: { type: 'array', items: { anyOf: buildTitledChoices('value', 'Choice') } },
        },
      }),
      describeFormAnswer('Elicitation completed:'),
    ),
  );
}

const buildTitledChoices = (value: string, title: string) =>
  ['First', 'Second', 'Third'].map((nth, index) => ({ const: `${value}${index + 1}`, title: `${nth} ${title}` }));
