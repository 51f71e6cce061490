/** A function's process: `node function-process.ts ROLE SERVER_MODULE BUCKETS_FOLDER`, forked by the stack. */
import { rmSync } from 'node:fs';
import type { FunctionRole } from './function-main.ts';
import { installResponseStreaming } from './response-stream.ts';
import { type LocalHandler, serveInvocations } from './runtime.ts';
import { importCheckedServer, importServerModule } from './server-file.ts';

const [, , role = '', server = '', bucketsFolder = ''] = process.argv;
const { env } = process;

/** Each role loads its own function and no other. */
const LOADERS: Readonly<Record<FunctionRole, () => Promise<LocalHandler>>> = {
  api: async () => {
    const { createApiHandler } = await import('../../lambda/functions/api.ts');
    return createApiHandler(await importServerModule(server), env);
  },
  streaming: async () => {
    // The module reads the global `awslambda`.
    installResponseStreaming();
    const { createStreamingApiHandler } = await import('../../lambda/functions/streaming-api.ts');
    return createStreamingApiHandler(await importServerModule(server), env) as unknown as LocalHandler;
  },
  worker: async () => {
    const { createWorkerHandler } = await import('../../lambda/functions/worker.ts');
    const handler = createWorkerHandler(await importServerModule(server), env);
    process.stderr.write(`worker ${process.pid} started\n`);
    return handler;
  },
  'dead-letter': async () => (await import('../../lambda/functions/dead-letter.ts')).createDeadLetterHandler(env),
  external: async () => (await import('../../lambda/functions/external.ts')).createExternalHandler(env),
  check: async () => {
    await importCheckedServer(server);
    return () => {};
  },
};

const load = LOADERS[role as FunctionRole];
if (!load) throw new RangeError(`There is no function ${JSON.stringify(role)}.`);
// When the stack was killed, the API function removes the buckets' folder: it always runs.
const onOrphaned = () => rmSync(bucketsFolder, { recursive: true, force: true });
await serveInvocations(load, role === 'api' ? onOrphaned : undefined);
