export { createKeyedHash } from './keyed-hash.ts';
export { createSealer, type Sealer, type Secrets, type Use } from './sealer.ts';
export { secretsManager } from './secrets-manager.ts';
