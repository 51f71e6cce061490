/** `npm run dev`: runs the stack on one machine until SIGINT or SIGTERM. */
import { fileURLToPath } from 'node:url';
import { CannotStart } from '../lib/local/errors.ts';
import type { LocalStackOptions } from '../lib/local/options.ts';
import { startLocalStack } from '../lib/local/stack.ts';
import { isHttpUrl, parseInteger, parseOptions, UsageError } from './command-line/options.ts';

/** How often to look whether the npm that started this process is still running (ms). */
const PARENT_CHECK_INTERVAL_MS = 250;

const DEV_HELP = `npm run dev -- [options]

Starts the deployed wiring on this machine, on 127.0.0.1 only.

  --port PORT         the port of the MCP endpoint (default 3000; 0 picks a free one)
  --dynamodb WHICH    embedded: dynoxide, which needs nothing else (default)
                      local: DynamoDB Local, which needs Java 17
                      a URL: a DynamoDB that is running already; the table is removed at the end
  --server MODULE     a module whose default export is what defineServer returns (default: the example)
  --auth HOW          none: anyone may call (default)
                      jwt: with an OAuth issuer on this machine that consents to everything
  --workers N         the number of worker processes, each of which runs one task at a time (default 4)
  --help              print this
`;

/** What runs unless `--server` names another module: the example, in its stack with its bucket. */
const EXAMPLE: Pick<LocalStackOptions, 'server' | 'createStack'> = {
  server: fileURLToPath(new URL('../examples/datasets/server.ts', import.meta.url)),
  createStack: async (app, { auth, streaming }) => {
    // With the CDK, which is large: loaded only for this.
    const { DatasetsStack } = await import('../examples/datasets/stack.ts');
    return new DatasetsStack(app, 'McpTasks', { auth: () => auth, streaming });
  },
};

/** @throws UsageError */
function parseDevOptions(args: string[]): LocalStackOptions | 'help' {
  const { values } = parseOptions({
    args,
    options: {
      port: { type: 'string', default: '3000' },
      dynamodb: { type: 'string', default: 'embedded' },
      server: { type: 'string' },
      auth: { type: 'string', default: 'none' },
      workers: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { dynamodb, auth, server } = values;
  if (dynamodb !== 'embedded' && dynamodb !== 'local' && !isHttpUrl(dynamodb))
    throw new UsageError(`--dynamodb must be embedded, local or a URL, not ${JSON.stringify(dynamodb)}.`);
  if (auth !== 'none' && auth !== 'jwt')
    throw new UsageError(`--auth must be none or jwt (the other kinds need AWS), not ${JSON.stringify(auth)}.`);
  return {
    auth,
    port: parseInteger('--port', values.port, 0, 65_535),
    dynamodb,
    ...(server === undefined ? EXAMPLE : { server }),
    workers: parseInteger('--workers', values.workers, 1, 1_000),
  };
}

/** The command with which a person ends a wait (`task.waitFor`) by hand. */
const formatInvokeCommand = ({ endpoint, functionName }: { endpoint: string; functionName: string }): string =>
  `aws lambda invoke --endpoint-url ${endpoint} --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '{"token":"…","action":"complete","value":…}' /dev/stdout`;

async function main(): Promise<void> {
  let options: LocalStackOptions | 'help';
  try {
    options = parseDevOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message} See npm run dev -- --help`);
    process.exit(2);
  }
  if (options === 'help') {
    process.stdout.write(DEV_HELP);
    return;
  }

  // A signal while the stack starts stops it as soon as it has started; a second one changes nothing.
  const signalled = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => signalled.resolve());
  // npm passes a signal to a shell, which may end without passing it on.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid === parent || signalled.resolve(), PARENT_CHECK_INTERVAL_MS);
  try {
    const stack = await startLocalStack(options);
    const { tableName, queueUrl, dynamodbEndpoint } = stack;
    console.error(`DynamoDB: ${dynamodbEndpoint}, table ${tableName}`);
    console.error(
      `Tasks: npm run tasks -- list --table ${tableName} --queue ${queueUrl} --endpoint ${dynamodbEndpoint}`,
    );
    if (stack.issuer) console.error(`OAuth issuer: ${stack.issuer.url}`);
    if (stack.external) console.error(`External function: ${formatInvokeCommand(stack.external)}`);
    console.log(`MCP endpoint: ${stack.url}`);
    await signalled.promise;
    await stack.stop();
    process.exit(0);
  } catch (error) {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exit(1);
  }
}

await main();
