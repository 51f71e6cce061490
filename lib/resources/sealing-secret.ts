/** The sealing secret. */
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';

/**
 * The secret that seals state which a client carries between requests and may neither read nor forge. Secrets Manager
 * generates it at deployment, so neither the template nor the functions' configuration holds it.
 */
export function createSealingSecret(scope: Construct, { encryptionKey, removalPolicy }: Settings): Secret {
  const secret = new Secret(scope, 'SealingSecret', {
    description: 'Seals the state that MCP clients carry between requests',
    // 64 characters out of 62: 381 bits.
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    ...(encryptionKey && { encryptionKey }),
    removalPolicy,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'No other system shares this secret, and replacing it ends every call that is between two round trips. It is ' +
      'replaced by hand when it may have leaked, not on a schedule.',
  });
  return secret;
}
