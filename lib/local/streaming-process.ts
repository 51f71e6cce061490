/** A process of the streaming API function: `node streaming-process.ts SERVER_MODULE`, forked by the stack. */
import { installResponseStreaming } from './response-stream.ts';
import { type LocalHandler, serveInvocations } from './runtime.ts';
import { importServerModule } from './server-file.ts';

installResponseStreaming();

await serveInvocations(async () => {
  const { createStreamingApiHandler } = await import('../../lambda/functions/streaming-api.ts');
  return createStreamingApiHandler(
    await importServerModule(process.argv[2] ?? ''),
    process.env,
  ) as unknown as LocalHandler;
});
