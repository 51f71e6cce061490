/** What each function may do, and no more: the statements are the whole of it. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { grantKeyUse } from '../resources/encryption.ts';

export interface ServerResources {
  readonly table: ITable;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly bucket: IBucket;
  readonly secret: ISecret;
}

/** What Lambda needs on behalf of a function that it feeds from a queue. */
const CONSUME_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
] as const;

/** Transactions need no permission of their own, only those of the writes in them. No function deletes rows. */
const ROW_ACTIONS = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] as const;

/** Takes calls and answers: sends wake-ups and cannot receive them. */
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

/** Sends afresh what is still owed. It gives no verdict: it writes no row, and takes nothing from the main queue. */
export function grantDeadLetterAccess(role: IRole, { table, queue, deadLetterQueue }: ServerResources): void {
  addStatement(role, ['dynamodb:GetItem'], table.tableArn);
  addStatement(role, ['sqs:SendMessage'], queue.queueArn);
  addStatement(role, CONSUME_ACTIONS, deadLetterQueue.queueArn);
  grantKeyUse(role, [table.encryptionKey, queue.encryptionMasterKey, deadLetterQueue.encryptionMasterKey]);
}

/** Writes what an outside system says into a row that is there, and wakes its task: it makes no row and lists none. */
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
    reason: 'Every object in the bucket is a payload of this server; their keys are made at run time.',
  });
}

/** An ARN as the rule names it: references in angle brackets. */
function formatArn(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': of, 'Fn::Join': join } = value as Record<string, string[] | undefined>;
  return join ? (join[1] as unknown as unknown[]).map(formatArn).join('') : `<${ref ?? of?.join('.')}>`;
}

function addStatement(role: IRole, actions: readonly string[], resource: string): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
}
