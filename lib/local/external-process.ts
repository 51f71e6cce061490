/** The process of the external function, forked by the stack when it is invoked for the first time. */
import { serveInvocations } from './runtime.ts';

await serveInvocations(async () => {
  const { createExternalHandler } = await import('../../lambda/functions/external.ts');
  return createExternalHandler(process.env);
});
