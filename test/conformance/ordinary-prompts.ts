/** Prompts that the conformance suite expects of any MCP server. */
import {
  acceptedContent,
  completable,
  inputRequired,
  inputResponse,
  type McpServer,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { toTextBlock } from '../support/results.ts';
import { IMAGE_BLOCK } from './content.ts';

export function registerPrompts(server: McpServer): void {
  const toUserMessage = <C>(content: C) => ({ role: 'user' as const, content });
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments.' }, () => ({
    messages: [toUserMessage(toTextBlock('This is a simple prompt for testing.'))],
  }));
  const cities = ['paris', 'park', 'party', 'test'];
  const completeCity = (description: string) =>
    completable(z.string().describe(description), (typed) => cities.filter((city) => city.startsWith(typed)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A prompt with two arguments.',
      argsSchema: z.object({ arg1: completeCity('First argument'), arg2: completeCity('Second argument') }),
    },
    ({ arg1, arg2 }) => ({
      messages: [toUserMessage(toTextBlock(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))],
    }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt with a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        toUserMessage({
          type: 'resource' as const,
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        }),
        toUserMessage(toTextBlock('Please process the embedded resource above.')),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image.' }, () => ({
    messages: [toUserMessage(IMAGE_BLOCK), toUserMessage(toTextBlock('Please analyze the image above.'))],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'A prompt that asks.' }, (ctx) => {
    const contextSchema = z.object({ context: z.string() });
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'user_context', contextSchema);
    if (answer) return { messages: [toUserMessage(toTextBlock(`Context: ${answer.context}`))] };
    const response = inputResponse(ctx.mcpReq.inputResponses, 'user_context');
    if (response.kind === 'elicit' && response.action !== 'accept')
      return { messages: [toUserMessage(toTextBlock(`Context: ${response.action}`))] };
    return inputRequired({
      inputRequests: {
        user_context: inputRequired.elicit({
          message: 'What context should the prompt use?',
          requestedSchema: contextSchema,
        }),
      },
    });
  });
}
