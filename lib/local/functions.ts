/** The functions of the stack in processes of their own, and what feeds them. */
import { fileURLToPath } from 'node:url';
import { LOCAL_AWS } from './aws.ts';
import type { ExecutionEnvironmentOptions } from './execution-environment.ts';
import { type LocalFunction, startFunction } from './function.ts';
import { buildFunctionEnvironment } from './function-environment.ts';
import type { LocalNames } from './intrinsics.ts';
import type { LocalStackOptions } from './options.ts';
import { startPoller } from './poller.ts';
import type { LocalSqs } from './sqs.ts';
import type { OnPiece } from './stream-gateway.ts';
import type { FunctionWiring, SourceWiring, Wiring } from './wiring.ts';

export interface LocalFunctionsOptions {
  readonly options: LocalStackOptions;
  /** The URL of the endpoint. */
  readonly url: string;
  /** Path of the server module. */
  readonly server: string;
  /** Made by the stack; removed by an orphaned process. */
  readonly payloadFolder: string;
  readonly wiring: Wiring;
  readonly names: LocalNames;
  readonly sqs: LocalSqs;
  /** Its endpoint. */
  readonly dynamodb: string;
  readonly onFailure: (error: unknown) => void;
}

export interface LocalFunctions {
  invokeApi(event: unknown): Promise<unknown>;
  /** Only where the template has a streaming function. */
  invokeStreaming(event: unknown, onPiece: OnPiece): Promise<unknown>;
  /** Only where the template has a function for outside systems. */
  invokeExternal(event: unknown): Promise<unknown>;
  getWorkerPids(): number[];
  getApiPids(): number[];
  killWorker(pid: number): void;
}

/** Resolves when every process is ready. @throws CannotStart */
export async function startFunctions(
  { options, url, server, payloadFolder, wiring, names, sqs, dynamodb, onFailure }: LocalFunctionsOptions,
  undo: AsyncDisposableStack,
): Promise<LocalFunctions> {
  const describe = (
    name: string,
    wired: FunctionWiring,
    overrides: Record<string, string> = {},
  ): ExecutionEnvironmentOptions => ({
    name,
    main: fileURLToPath(new URL(`./${name}-process.ts`, import.meta.url)),
    arguments: [server, payloadFolder],
    environment: buildFunctionEnvironment(wired, names, { dynamodb, sqs: sqs.endpoint }, process.env, {
      ...overrides,
      ...options.environment,
    }),
    timeoutMs: wired.timeoutMs,
    quiet: options.quiet ?? false,
  });
  const origins: Record<string, string> = options.allowedOrigins
    ? { ALLOWED_ORIGINS: options.allowedOrigins.join(',') }
    : {};
  // All of them are described before the first is started: a reference that cannot be resolved leaves nothing behind.
  const apiFunction = describe('api', wiring.api, origins);
  const workerFunction = {
    ...describe('worker', wiring.work.function),
    ...(options.workerTimeoutMs ? { timeoutMs: options.workerTimeoutMs } : {}),
  };
  const resource: Record<string, string> =
    'AUTH_RESOURCE' in (wiring.streaming?.function.environment ?? {}) ? { AUTH_RESOURCE: url } : {};
  const streamingFunction =
    wiring.streaming && describe('streaming', wiring.streaming.function, { ...origins, ...resource });
  const externalFunction = wiring.external && describe('external', wiring.external);
  const deadLetterFunction = { ...describe('dead-letter', wiring.deadLetters.function), lazy: true };
  const slots = Math.min(options.workers ?? 2, wiring.work.maximumConcurrency ?? Number.POSITIVE_INFINITY);
  const api = startMany(options.apiProcesses ?? 1, () => startFunction(apiFunction));
  const workers = startMany(slots, () => startFunction(workerFunction));
  const deadLetters = startFunction(deadLetterFunction);
  // Most stacks never see a subscription.
  const streaming = streamingFunction && startFunction({ ...streamingFunction, lazy: true });
  const external = externalFunction && startFunction({ ...externalFunction, lazy: true });
  const all = [...api, ...workers, deadLetters, ...(streaming ? [streaming] : []), ...(external ? [external] : [])];
  const pollers: { stop(): Promise<void> }[] = [];
  // A poller waits for its invocation, and an invocation ends with its process: both are stopped together.
  undo.defer(async () => void (await Promise.all([...pollers, ...all].map((part) => part.stop()))));
  await Promise.all(all.map((each) => each.started));

  const feed = (source: SourceWiring, target: LocalFunction) => {
    const queueUrl = names.get(source.queue.id)?.ref ?? '';
    pollers.push(
      startPoller({
        sqs: sqs.client,
        queueUrl,
        queueArn: names.get(source.queue.id)?.attributes?.Arn ?? '',
        region: LOCAL_AWS.region,
        batchSize: source.batchSize,
        reportsItemFailures: source.reportsItemFailures,
        invoke: (event) => target.invoke(event),
        onFailure: onFailure,
      }),
    );
  };
  for (const worker of workers) feed(wiring.work, worker);
  feed(wiring.deadLetters, deadLetters);

  let turn = 0;
  return {
    invokeApi: (event) => (api[turn++ % api.length] as LocalFunction).invoke(event),
    invokeStreaming: async (event, onPiece) => streaming?.invoke(event, onPiece),
    invokeExternal: async (event) => external?.invoke(event),
    getWorkerPids: () => collectPids(workers),
    getApiPids: () => collectPids(api),
    killWorker: (pid) => {
      if (!collectPids(workers).includes(pid)) throw new RangeError(`No worker process has the id ${pid}.`);
      process.kill(pid, 'SIGKILL');
    },
  };
}

const startMany = (count: number, start: () => LocalFunction): LocalFunction[] => Array.from({ length: count }, start);

const collectPids = (functions: readonly LocalFunction[]): number[] =>
  functions.map((each) => each.getPid()).filter((pid) => pid !== undefined);
