/** Sealed state and keyed hashes, both under the server's secret. */
export { createKeyedHash } from './keyed-hash.ts';
export { createSealer, type SealBinding, type Sealer, type SecretSource } from './sealer.ts';
export { createSecretsManagerSource } from './secrets-manager.ts';
