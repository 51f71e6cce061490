/** The permissions of each function: these statements and no others. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { grantKeyUse } from '../resources/encryption.ts';

/** The resources that the functions use. */
export interface ServerResources {
  readonly table: ITable;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly bucket: IBucket;
  readonly secret: ISecret;
}

/** Lambda uses these to invoke a function with a queue's messages. */
const CONSUME_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
] as const;

/** A transaction needs only the permissions of the writes in it. No function deletes rows. */
const ROW_ACTIONS = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] as const;

/** Handles calls and answers: sends wake-ups and cannot receive them. */
export function grantApiAccess(role: IRole, { table, queue, bucket, secret }: ServerResources): void {
  addStatement(role, ROW_ACTIONS, table.tableArn);
  addStatement(role, ['sqs:SendMessage'], queue.queueArn);
  addStatement(role, ['secretsmanager:GetSecretValue'], secret.secretArn);
  grantPayloadAccess(role, bucket);
  grantKeyUse(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey, secret.encryptionKey]);
}

/** Runs the tools: consumes wake-ups, and sends those of sleeps, retries and hand-overs. */
export function grantWorkerAccess(role: IRole, { table, queue, bucket }: ServerResources): void {
  addStatement(role, ROW_ACTIONS, table.tableArn);
  addStatement(role, ['sqs:SendMessage', ...CONSUME_ACTIONS], queue.queueArn);
  grantPayloadAccess(role, bucket);
  grantKeyUse(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey]);
}

/** Sends again the wake-ups that a task still waits for: writes no row, and receives nothing from the main queue. */
export function grantDeadLetterAccess(role: IRole, { table, queue, deadLetterQueue }: ServerResources): void {
  addStatement(role, ['dynamodb:GetItem'], table.tableArn);
  addStatement(role, ['sqs:SendMessage'], queue.queueArn);
  addStatement(role, CONSUME_ACTIONS, deadLetterQueue.queueArn);
  grantKeyUse(role, [table.encryptionKey, queue.encryptionMasterKey, deadLetterQueue.encryptionMasterKey]);
}

/** Writes an outside system's report into an existing row, and wakes its task: creates no row and lists none. */
export function grantExternalAccess(role: IRole, { table, queue, bucket }: ServerResources): void {
  addStatement(role, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], table.tableArn);
  addStatement(role, ['sqs:SendMessage'], queue.queueArn);
  grantPayloadAccess(role, bucket);
  grantKeyUse(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey]);
}

/** Objects by key. Without `s3:ListBucket` S3 answers 403, not 404, for an object that has expired. */
function grantPayloadAccess(role: IRole, bucket: IBucket): void {
  addStatement(role, ['s3:GetObject', 's3:PutObject'], bucket.arnForObjects('*'));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${formatArn(Stack.of(role).resolve(bucket.arnForObjects('*')))}]`,
    reason: 'Every object in the bucket is a payload of this server; their keys are chosen at run time.',
  });
}

/** An ARN as cdk-nag names it: references in angle brackets. */
function formatArn(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, string[] | undefined>;
  return join ? (join[1] as unknown as unknown[]).map(formatArn).join('') : `<${ref ?? attribute?.join('.')}>`;
}

function addStatement(role: IRole, actions: readonly string[], resource: string): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
}
