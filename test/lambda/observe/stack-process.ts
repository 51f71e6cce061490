/**
 * The stack on one machine, with an OAuth issuer, in a process whose stderr is what its functions print. Prints its
 * endpoint and a token for it on stdout, and ends when its stdin does.
 */
import { fileURLToPath } from 'node:url';
import { LOCAL_SCOPE, startLocalStack } from '../../../lib/local/stack.ts';

const [dynamodb = 'embedded'] = process.argv.slice(2);
const stack = await startLocalStack({
  dynamodb,
  auth: 'jwt',
  workers: 2,
  server: fileURLToPath(new URL('../../support/servers/secrets.ts', import.meta.url)),
  environment: { HEARTBEAT_MS: '300', LEASE_MS: '3000' },
});
const token = await stack.issuer?.issueToken({
  sub: 'a-subject',
  aud: stack.url,
  scope: LOCAL_SCOPE,
  client_id: 'a-client',
});
const { url, tableName, queueUrl, dynamodbEndpoint } = stack;
console.log(JSON.stringify({ url, token, tableName, queueUrl, dynamodbEndpoint }));
process.stdin.resume().once('end', async () => {
  await stack.stop();
  process.exit(0);
});
