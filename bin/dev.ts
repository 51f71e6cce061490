/** `npm run dev`: the stack on one machine, until SIGINT or SIGTERM. */
import { parseArgs } from 'node:util';
import { CannotStart } from '../lib/local/errors.ts';
import type { LocalStackOptions } from '../lib/local/options.ts';
import { startLocalStack } from '../lib/local/stack.ts';

const DEV_HELP = `npm run dev -- [options]

Starts the deployed wiring on this machine, on 127.0.0.1 only.

  --port PORT         where the MCP endpoint listens (default 3000; 0 takes a free port)
  --dynamodb WHICH    embedded: dynoxide, needs nothing else (default)
                      local: DynamoDB Local, needs Java 17
                      a URL: what runs there, in a table that is removed at the end
  --server MODULE     a module whose default export is what defineServer returns (default: the example)
  --auth HOW          none: anybody may call (default)
                      jwt: with an OAuth issuer on this machine, that consents to everything
  --workers N         worker processes, one task each at a time (default 4)
  --help              this text
`;

/** @throws RangeError, and TypeError from `parseArgs`, with a message for the person who typed them */
function parseDevOptions(args: string[]): LocalStackOptions | 'help' {
  const { values } = parseArgs({
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
  const { dynamodb, auth } = values;
  if (dynamodb !== 'embedded' && dynamodb !== 'local' && !/^https?:\/\/[^/]/.test(dynamodb)) {
    throw new RangeError(`--dynamodb is embedded, local or a URL, not ${JSON.stringify(dynamodb)}.`);
  }
  if (auth !== 'none' && auth !== 'jwt') {
    throw new RangeError(`--auth is none or jwt (the other ways need AWS), not ${JSON.stringify(auth)}.`);
  }
  return {
    auth,
    port: parseInteger('--port', values.port, 0, 65_535),
    dynamodb,
    ...(values.server === undefined ? {} : { server: values.server }),
    workers: parseInteger('--workers', values.workers, 1, 1_000),
  };
}

function parseInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new RangeError(`${name} is a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
}

/** How a person ends a wait (`task.waitFor`) by hand. */
const formatInvokeCommand = ({ endpoint, functionName }: { endpoint: string; functionName: string }): string =>
  `aws lambda invoke --endpoint-url ${endpoint} --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '{"token":"…","action":"complete","value":…}' /dev/stdout`;

async function main(): Promise<void> {
  let options: LocalStackOptions | 'help';
  try {
    options = parseDevOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message.split('\n')[0]} See npm run dev -- --help`);
    process.exit(2);
  }
  if (options === 'help') {
    process.stdout.write(DEV_HELP);
    return;
  }

  // A signal while the stack starts ends it as soon as it has started; a second one changes nothing.
  const signalled = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => signalled.resolve());
  // npm passes a signal to a shell, which may end without passing it on.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid === parent || signalled.resolve(), 250);
  if (!process.env.npm_lifecycle_event) clearInterval(watch);
  try {
    const stack = await startLocalStack(options);
    console.error(`DynamoDB: ${stack.dynamodbEndpoint}, table ${stack.tableName}`);
    const { tableName, queueUrl, dynamodbEndpoint } = stack;
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
