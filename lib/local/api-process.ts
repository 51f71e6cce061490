/** A process of the API function: `node api-process.ts SERVER_MODULE PAYLOAD_FOLDER`, forked by the stack. */
import { rmSync } from 'node:fs';
import { serveInvocations } from './runtime.ts';
import { importServerModule } from './server-file.ts';

const [, , server = '', payloadFolder = ''] = process.argv;

await serveInvocations(
  async () => {
    const { createApiHandler } = await import('../../lambda/functions/api.ts');
    return createApiHandler(await importServerModule(server), process.env);
  },
  () => rmSync(payloadFolder, { recursive: true, force: true }),
);
