/** The functions of the stack, in their own processes, and the pollers of their queues. */
import { VARIABLES } from '../../lambda/variables.ts';
import { LOCAL_AWS } from './aws.ts';
import type { ExecutionEnvironmentOptions } from './execution-environment.ts';
import { type LocalFunction, startFunction } from './function.ts';
import { buildFunctionEnvironment } from './function-environment.ts';
import { FUNCTION_MAIN, type FunctionRole } from './function-main.ts';
import type { LocalNames } from './intrinsics.ts';
import type { LocalStackOptions } from './options.ts';
import { startPoller } from './poller.ts';
import type { PieceHandler } from './runtime.ts';
import type { LocalSqs } from './sqs.ts';
import type { FunctionWiring, SourceWiring, Wiring } from './wiring.ts';

export interface LocalFunctionsOptions {
  readonly options: LocalStackOptions;
  /** The URL of the MCP endpoint. */
  readonly url: string;
  /** Path of the server module. */
  readonly server: string;
  /** Created by the stack; removed by an orphaned process. */
  readonly bucketsFolder: string;
  readonly wiring: Wiring;
  readonly names: LocalNames;
  readonly sqs: LocalSqs;
  /** The endpoint of DynamoDB. */
  readonly dynamodb: string;
  readonly onFailure: (error: unknown) => void;
}

export interface LocalFunctions {
  invokeApi(event: unknown): Promise<unknown>;
  /** Only where the template has a streaming function. */
  invokeStreaming(event: unknown, onPiece: PieceHandler): Promise<unknown>;
  /** Only where the template has a function for outside systems. */
  invokeExternal(event: unknown): Promise<unknown>;
  getWorkerPids(): number[];
  getApiPids(): number[];
  killWorker(pid: number): void;
}

/** Resolves when every process is ready. @throws CannotStart */
export async function startFunctions(
  functionsOptions: LocalFunctionsOptions,
  undo: AsyncDisposableStack,
): Promise<LocalFunctions> {
  const { options, wiring, names, sqs, onFailure } = functionsOptions;
  // All of them are described before the first is started: a reference that cannot be resolved leaves nothing behind.
  const described = describeFunctions(functionsOptions);
  const workerCount = Math.min(options.workers ?? 2, wiring.work.maximumConcurrency ?? Number.POSITIVE_INFINITY);
  const api = startMany(options.apiProcesses ?? 1, described.api);
  const workers = startMany(workerCount, described.worker);
  // Most stacks never need these.
  const deadLetters = startFunction({ ...described.deadLetters, lazy: true });
  const streaming = described.streaming && startFunction({ ...described.streaming, lazy: true });
  const external = described.external && startFunction({ ...described.external, lazy: true });
  const functions = [...api, ...workers, deadLetters, streaming, external].filter((each) => each !== undefined);
  const pollers: { stop(): Promise<void> }[] = [];
  // A poller waits for its invocation, and an invocation ends with its process: both are stopped together.
  undo.defer(async () => void (await Promise.all([...pollers, ...functions].map((each) => each.stop()))));
  await Promise.all(functions.map((each) => each.started));

  const addPoller = (source: SourceWiring, target: LocalFunction) => {
    const queue = names.get(source.queue.id);
    pollers.push(
      startPoller({
        sqs: sqs.client,
        queueUrl: queue?.ref ?? '',
        queueArn: queue?.attributes?.Arn ?? '',
        region: LOCAL_AWS.region,
        batchSize: source.batchSize,
        reportsItemFailures: source.reportsItemFailures,
        invoke: (event) => target.invoke(event),
        onFailure,
      }),
    );
  };
  for (const worker of workers) addPoller(wiring.work, worker);
  addPoller(wiring.deadLetters, deadLetters);

  let apiInvocations = 0;
  return {
    invokeApi: (event) => (api[apiInvocations++ % api.length] as LocalFunction).invoke(event),
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

/** @throws CannotStart for a reference that has no counterpart on this machine */
function describeFunctions({
  options,
  url,
  server,
  bucketsFolder,
  wiring,
  names,
  sqs,
  dynamodb,
}: LocalFunctionsOptions) {
  const describe = (
    role: FunctionRole,
    wired: FunctionWiring,
    overrides: Readonly<Record<string, string>> = {},
  ): ExecutionEnvironmentOptions => ({
    name: role,
    main: FUNCTION_MAIN,
    arguments: [role, server, bucketsFolder],
    environment: buildFunctionEnvironment(wired, names, { dynamodb, sqs: sqs.endpoint }, process.env, {
      ...overrides,
      ...options.environment,
    }),
    timeoutMs: wired.timeoutMs,
    quiet: options.quiet ?? false,
  });
  const origins: Record<string, string> = options.allowedOrigins
    ? { [VARIABLES.allowedOrigins]: options.allowedOrigins.join(',') }
    : {};
  // The streaming function names the MCP endpoint as its protected resource.
  const resource: Record<string, string> =
    VARIABLES.authResource in (wiring.streaming?.function.environment ?? {}) ? { [VARIABLES.authResource]: url } : {};
  const worker = describe('worker', wiring.work.function);
  return {
    api: describe('api', wiring.api, origins),
    worker: { ...worker, timeoutMs: options.workerTimeoutMs ?? worker.timeoutMs },
    deadLetters: describe('dead-letter', wiring.deadLetters.function),
    streaming: wiring.streaming && describe('streaming', wiring.streaming.function, { ...origins, ...resource }),
    external: wiring.external && describe('external', wiring.external),
  };
}

const startMany = (count: number, options: ExecutionEnvironmentOptions): LocalFunction[] =>
  Array.from({ length: count }, () => startFunction(options));

const collectPids = (functions: readonly LocalFunction[]): number[] =>
  functions.map((each) => each.getPid()).filter((pid) => pid !== undefined);
