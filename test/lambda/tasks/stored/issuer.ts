/** An authorization server as far as access tokens need one: its keys, and tokens of any subject and client. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Part of what an owner's partition is named for, so it is the same in every run; its keys are where `jwksUri` says. */
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'https://shop.example/mcp';

export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] });
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').setHeader('connection', 'close').end(keys),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      AUTH: 'jwt',
      AUTH_ISSUER: ISSUER,
      AUTH_JWKS_URI: `http://127.0.0.1:${port}/keys`,
      AUTH_AUDIENCES: AUDIENCE,
    },
    tokenFor: (subject: string) =>
      new SignJWT({ sub: subject, client_id: 'desk', scope: '' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
