/** Prompts that the conformance suite expects of any MCP server. */
import {
  acceptedContent,
  completable,
  inputRequired,
  inputResponse,
  type McpServer,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { RED_PIXEL_PNG } from './content.ts';

const toTextBlock = (words: string) => ({ type: 'text' as const, text: words });
const IMAGE_BLOCK = { type: 'image' as const, data: RED_PIXEL_PNG, mimeType: 'image/png' };

export function registerPrompts(server: McpServer): void {
  const user = <C>(content: C) => ({ role: 'user' as const, content });
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments.' }, () => ({
    messages: [user(toTextBlock('This is a simple prompt for testing.'))],
  }));
  const cities = ['paris', 'park', 'party', 'test'];
  const completing = (what: string) =>
    completable(z.string().describe(what), (typed) => cities.filter((city) => city.startsWith(typed)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'A prompt with two arguments.',
      argsSchema: z.object({ arg1: completing('First argument'), arg2: completing('Second argument') }),
    },
    ({ arg1, arg2 }) => ({ messages: [user(toTextBlock(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt with a resource.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        user({
          type: 'resource' as const,
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        }),
        user(toTextBlock('Please process the embedded resource above.')),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image.' }, () => ({
    messages: [user(IMAGE_BLOCK), user(toTextBlock('Please analyze the image above.'))],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'A prompt that asks.' }, (ctx) => {
    const wanted = z.object({ context: z.string() });
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'user_context', wanted);
    if (answer) return { messages: [user(toTextBlock(`Context: ${answer.context}`))] };
    const view = inputResponse(ctx.mcpReq.inputResponses, 'user_context');
    if (view.kind === 'elicit' && view.action !== 'accept')
      return { messages: [user(toTextBlock(`Context: ${view.action}`))] };
    return inputRequired({
      inputRequests: {
        user_context: inputRequired.elicit({ message: 'What context should the prompt use?', requestedSchema: wanted }),
      },
    });
  });
}
