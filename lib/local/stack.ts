/** The deployed wiring on one machine: the same template and handlers, with emulators instead of AWS. */
import { resolve } from 'node:path';
import { startDynamoDbLocal, startEmbeddedDynamoDb } from './dynamodb.ts';
import { startFunctions } from './functions.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { startInvokeApi } from './invoke-api.ts';
import { type LocalIssuer, startIssuer } from './issuer.ts';
import type { LocalStackOptions } from './options.ts';
import { createLocalResources, type LocalResources } from './resources.ts';
import { checkServerFile } from './server-file.ts';
import { startSqs } from './sqs.ts';
import { buildStreamPath } from './stream-gateway.ts';
import { type CfnTemplate, readWiring, type Wiring } from './wiring.ts';

export interface LocalStack extends Omit<LocalResources, 'names'>, AsyncDisposable {
  /** The MCP endpoint. */
  readonly url: string;
  /** The same server with streamed replies, for `subscriptions/listen`. Absent if the template has no such endpoint. */
  readonly streamingUrl?: string;
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  /** Where outside systems invoke the function that ends waits. Absent if the template has no such function. */
  readonly external?: { readonly endpoint: string; readonly functionName: string };
  /** Only with `auth: 'jwt'`. */
  readonly issuer?: LocalIssuer;
  /** The worker processes that are running now. */
  getWorkerPids(): number[];
  getApiPids(): number[];
  /** Kills a worker process (SIGKILL), as a crash would. @throws RangeError when no worker has this pid */
  killWorker(pid: number): void;
  /** Stops everything. Resolves when no process and no file of the stack is left. May be called more than once. */
  stop(): Promise<void>;
}

/** @throws CannotStart with one line for a person; nothing keeps running then */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const undo = new AsyncDisposableStack();
  try {
    const issuer = options.auth === 'jwt' ? await startIssuer() : undefined;
    undo.defer(() => issuer?.stop());
    const template = issuer ? undefined : options.template;
    const wiring = readWiring(template ?? (await synthesizeLocalTemplate(options, issuer)));
    const stack = await startComponents(options, wiring, undo);
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= undo.disposeAsync();
      return stopped;
    };
    return { ...stack, ...(issuer && { issuer }), stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

/** The scope that every call requires here, so that clients have to request one. */
export const LOCAL_SCOPE = 'mcp';

async function synthesizeLocalTemplate(
  { server, createStack }: LocalStackOptions,
  issuer: LocalIssuer | undefined,
): Promise<CfnTemplate> {
  const checked = checkServerFile(server);
  checked.catch(() => {});
  try {
    // The CDK is large: a stack with a given template does not load it.
    const [{ createSynthesisApp, synthesizeStack, synthesizeTemplate }, { McpAuth }] = await Promise.all([
      import('./synthesize.ts'),
      import('../auth/mcp-auth.ts'),
    ]);
    const auth = issuer ? McpAuth.jwt({ issuer: issuer.url, scopes: [LOCAL_SCOPE] }) : McpAuth.none();
    if (!createStack) return synthesizeTemplate({ entry: resolve(server), auth, streaming: true, bundle: false });
    const app = createSynthesisApp({ bundle: false });
    return synthesizeStack(app, await createStack(app, { auth, streaming: true }));
  } finally {
    // Prefer the module's own error to one of the synthesis.
    await checked;
  }
}

async function startComponents(
  options: LocalStackOptions,
  wiring: Wiring,
  undo: AsyncDisposableStack,
): Promise<Omit<LocalStack, 'stop' | 'issuer' | typeof Symbol.asyncDispose>> {
  const reportFailure = options.quiet
    ? () => {}
    : (error: unknown) => console.error(error instanceof Error ? error.message : error);
  const functions = Promise.withResolvers<Awaited<ReturnType<typeof startFunctions>>>();
  functions.promise.catch(() => {});
  const gateway: Gateway = await startGateway({
    // First, because its port is the most common reason to fail.
    port: options.port ?? 0,
    routes: wiring.routes,
    integrationTimeoutMs: wiring.integrationTimeoutMs,
    invoke: async (event) => (await functions.promise).invokeApi(event),
    stream: wiring.streaming && {
      ...wiring.streaming,
      invoke: async (event, onPiece) => (await functions.promise).invokeStreaming(event, onPiece),
    },
    onFailure: (error) => undo.disposed || reportFailure(error),
  });
  undo.defer(() => gateway.stop());

  const dynamodb = await startDynamoDb(options.dynamodb ?? 'embedded', undo);
  const sqs = await startSqs();
  undo.defer(() => sqs.stop());
  const { name = 'mcp-tasks', workerTimeoutMs: visibilityMs } = options;
  const { names, ...resources } = await createLocalResources(
    { wiring, sqs, dynamodb, name, visibilityMs, onFailure: reportFailure },
    undo,
  );
  const server = resolve(options.server);
  const url = `http://127.0.0.1:${gateway.port}/mcp`;
  const { bucketsFolder } = resources;
  const started = await startFunctions(
    { options, url, server, bucketsFolder, wiring, names, sqs, dynamodb: dynamodb.endpoint, onFailure: reportFailure },
    undo,
  );
  // The gateway stops first as well: no request must reach functions that are stopping.
  undo.defer(() => gateway.stop());
  functions.resolve(started);
  const invokeApi = wiring.external && {
    functionName: wiring.external.id,
    ...(await startInvokeApi({
      functions: { [wiring.external.id]: started.invokeExternal },
      onFailure: reportFailure,
    })),
  };
  undo.defer(() => invokeApi?.stop());
  return {
    ...resources,
    url,
    ...(wiring.streaming && { streamingUrl: `http://127.0.0.1:${gateway.port}${buildStreamPath(wiring.streaming)}` }),
    dynamodbEndpoint: dynamodb.endpoint,
    sqsEndpoint: sqs.endpoint,
    ...(invokeApi && { external: { endpoint: invokeApi.endpoint, functionName: invokeApi.functionName } }),
    getWorkerPids: started.getWorkerPids,
    getApiPids: started.getApiPids,
    killWorker: started.killWorker,
  };
}

/** @param which `embedded`, `local` or the URL of one that runs */
async function startDynamoDb(
  which: string,
  undo: AsyncDisposableStack,
): Promise<{ endpoint: string; shared: boolean }> {
  if (which !== 'embedded' && which !== 'local') return { endpoint: which, shared: true };
  const server = await (which === 'embedded' ? startEmbeddedDynamoDb() : startDynamoDbLocal());
  undo.defer(() => server.stop());
  return { endpoint: server.endpoint, shared: false };
}
