/** Customer-managed keys: who may use them, and for what. */
import { Effect, type IRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** DynamoDB, SQS, S3 and Secrets Manager request these from KMS on behalf of their caller. */
const KEY_USE_ACTIONS = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/** Lets a role use the keys of its resources; a key that several of them share is granted once. */
export function grantKeyUse(role: IRole, keys: readonly (IKey | undefined)[]): void {
  for (const key of new Set(keys)) key?.grant(role, ...KEY_USE_ACTIONS);
}

/** Lets CloudWatch Logs, which encrypts as itself, use the key for the log groups of this account only. */
export function grantLogsUse(key: IKey, scope: Construct): void {
  const { partition, region, account } = Stack.of(scope);
  key.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:*` },
      },
    }),
  );
}
