export { createKeyedHash } from './keyed-hash.ts';
export { createSealer, type SealBinding, type Sealer, type SecretSource } from './sealer.ts';
export { createSecretsManagerSource } from './secrets-manager.ts';
