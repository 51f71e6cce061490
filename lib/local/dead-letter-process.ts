/** The process of the dead-letter function, forked by the stack when there is a first dead letter. */
import { serveInvocations } from './runtime.ts';

await serveInvocations(async () => {
  const { createDeadLetterHandler } = await import('../../lambda/functions/dead-letter.ts');
  return createDeadLetterHandler(process.env);
});
