/** A worker process: `node worker-process.ts SERVER_MODULE`, forked by the stack. */
import { serveInvocations } from './runtime.ts';
import { importServerModule } from './server-file.ts';

await serveInvocations(async () => {
  const { createWorkerHandler } = await import('../../lambda/functions/worker.ts');
  const handler = createWorkerHandler(await importServerModule(process.argv[2] ?? ''), process.env);
  process.stderr.write(`worker ${process.pid} started\n`);
  return handler;
});
