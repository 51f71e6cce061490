/** The deployed wiring on one machine: the same template, the same handlers, emulators instead of AWS. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
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

const EXAMPLE_SERVER_FILE = fileURLToPath(new URL('../../examples/datasets/server.ts', import.meta.url));

export interface LocalStack extends Omit<LocalResources, 'names'>, AsyncDisposable {
  /** The MCP endpoint. */
  readonly url: string;
  /** The same endpoint where answers are streamed: for `subscriptions/listen`. Absent if the template has none. */
  readonly streamingUrl?: string;
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  /** Where outside systems invoke the function that ends waits, by its name. Absent if the template has none. */
  readonly external?: { readonly endpoint: string; readonly functionName: string };
  /** With `auth: 'jwt'`. */
  readonly issuer?: LocalIssuer;
  /** The worker processes that run now. */
  getWorkerPids(): number[];
  getApiPids(): number[];
  /** End a worker process at once (SIGKILL), as Lambda or a crash would. @throws RangeError when no worker has this pid */
  killWorker(pid: number): void;
  /** Ends everything that was started. Resolves when no process and no file of the stack is left. May be called again. */
  stop(): Promise<void>;
}

/** @throws CannotStart with one line for a person; nothing is left running then */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const undo = new AsyncDisposableStack();
  try {
    const issuer = options.auth === 'jwt' ? await startIssuer() : undefined;
    undo.defer(() => issuer?.stop());
    const template = issuer ? undefined : options.template;
    const wiring = readWiring(template ?? (await synthesizeLocalTemplate(options.server, issuer)));
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

/** The scope that every call demands here: without one, no client would go through asking for it. */
export const LOCAL_SCOPE = 'mcp';

async function synthesizeLocalTemplate(
  server: string | undefined,
  issuer: LocalIssuer | undefined,
): Promise<CfnTemplate> {
  const checked = checkServerFile(server ?? EXAMPLE_SERVER_FILE);
  checked.catch(() => {});
  try {
    // The CDK is large: a stack that is given its template does not load it.
    const [{ synthesizeTemplate }, { McpAuth }] = await Promise.all([
      import('./synthesize.ts'),
      import('../auth/mcp-auth.ts'),
    ]);
    return synthesizeTemplate({
      ...(server === undefined ? {} : { entry: resolve(server) }),
      auth: issuer ? McpAuth.jwt({ issuer: issuer.url, scopes: [LOCAL_SCOPE] }) : McpAuth.none(),
      streaming: true,
      bundle: false,
    });
  } finally {
    // What is wrong with the module is said in its own words.
    await checked;
  }
}

async function startComponents(
  options: LocalStackOptions,
  wiring: Wiring,
  undo: AsyncDisposableStack,
): Promise<Omit<LocalStack, 'stop' | 'issuer' | typeof Symbol.asyncDispose>> {
  const say = options.quiet
    ? () => {}
    : (error: unknown) => console.error(error instanceof Error ? error.message : error);
  const functions = Promise.withResolvers<Awaited<ReturnType<typeof startFunctions>>>();
  functions.promise.catch(() => {});
  const gateway: Gateway = await startGateway({
    // First of all, because its port is what most often fails.
    port: options.port ?? 0,
    routes: wiring.routes,
    integrationTimeoutMs: wiring.integrationTimeoutMs,
    invoke: async (event) => (await functions.promise).invokeApi(event),
    stream: wiring.streaming && {
      ...wiring.streaming,
      invoke: async (event, onPiece) => (await functions.promise).invokeStreaming(event, onPiece),
    },
    onFailure: (error) => undo.disposed || say(error),
  });
  undo.defer(() => gateway.stop());

  const dynamodb = await startDynamoDb(options.dynamodb ?? 'embedded', undo);
  const sqs = await startSqs();
  undo.defer(() => sqs.stop());
  const { name = 'mcp-tasks', workerTimeoutMs: visibilityMs } = options;
  const { names, ...resources } = await createLocalResources(
    { wiring, sqs, dynamodb, name, visibilityMs, onFailure: say },
    undo,
  );
  const server = resolve(options.server ?? EXAMPLE_SERVER_FILE);
  const url = `http://127.0.0.1:${gateway.port}/mcp`;
  const { payloadFolder } = resources;
  const started = await startFunctions(
    { options, url, server, payloadFolder, wiring, names, sqs, dynamodb: dynamodb.endpoint, onFailure: say },
    undo,
  );
  // The gateway is the first to go, too: nobody shall be let in to functions that are ending.
  undo.defer(() => gateway.stop());
  functions.resolve(started);
  const invokeApi = wiring.external && {
    functionName: wiring.external.id,
    ...(await startInvokeApi({ functions: { [wiring.external.id]: started.invokeExternal }, onFailure: say })),
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

async function startDynamoDb(
  which: string,
  undo: AsyncDisposableStack,
): Promise<{ endpoint: string; shared: boolean }> {
  if (which !== 'embedded' && which !== 'local') return { endpoint: which, shared: true };
  const server = await (which === 'embedded' ? startEmbeddedDynamoDb() : startDynamoDbLocal());
  undo.defer(() => server.stop());
  return { endpoint: server.endpoint, shared: false };
}
