/** What each function may do, and no more: the statements are the whole of it. */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Stack, Validations } from 'aws-cdk-lib/core';
import { permitKeys } from '../resources/encryption.ts';

export interface Resources {
  readonly table: ITable;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly bucket: IBucket;
  readonly secret: ISecret;
}

/** What Lambda needs on behalf of a function that it feeds from a queue. */
const CONSUME = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
] as const;

/** Transactions need no permission of their own, only those of the writes in them. No function deletes rows. */
const ROWS = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] as const;

/** Takes calls and answers: sends wake-ups and cannot receive them. */
export function permitApi(role: IRole, { table, queue, bucket, secret }: Resources): void {
  allow(role, ROWS, table.tableArn);
  allow(role, ['sqs:SendMessage'], queue.queueArn);
  allow(role, ['secretsmanager:GetSecretValue'], secret.secretArn);
  permitPayloads(role, bucket);
  permitKeys(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey, secret.encryptionKey]);
}

/** Runs the tools: consumes wake-ups, and sends those of sleeps, retries and hand-overs. */
export function permitWorker(role: IRole, { table, queue, bucket }: Resources): void {
  allow(role, ROWS, table.tableArn);
  allow(role, ['sqs:SendMessage', ...CONSUME], queue.queueArn);
  permitPayloads(role, bucket);
  permitKeys(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey]);
}

/** Sends afresh what is still owed. It gives no verdict: it writes no row, and takes nothing from the main queue. */
export function permitDeadLetter(role: IRole, { table, queue, deadLetterQueue }: Resources): void {
  allow(role, ['dynamodb:GetItem'], table.tableArn);
  allow(role, ['sqs:SendMessage'], queue.queueArn);
  allow(role, CONSUME, deadLetterQueue.queueArn);
  permitKeys(role, [table.encryptionKey, queue.encryptionMasterKey, deadLetterQueue.encryptionMasterKey]);
}

/** Writes what an outside system says into a row that is there, and wakes its task: it makes no row and lists none. */
export function permitExternal(role: IRole, { table, queue, bucket }: Resources): void {
  allow(role, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], table.tableArn);
  allow(role, ['sqs:SendMessage'], queue.queueArn);
  permitPayloads(role, bucket);
  permitKeys(role, [table.encryptionKey, queue.encryptionMasterKey, bucket.encryptionKey]);
}

/** Objects by key. Without `s3:ListBucket` S3 answers 403, not 404, for an object that has expired. */
function permitPayloads(role: IRole, bucket: IBucket): void {
  allow(role, ['s3:GetObject', 's3:PutObject'], bucket.arnForObjects('*'));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${flat(Stack.of(role).resolve(bucket.arnForObjects('*')))}]`,
    reason: 'Every object in the bucket is a payload of this server; their keys are made at run time.',
  });
}

/** An ARN as the rule names it: references in angle brackets. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::GetAtt': of, 'Fn::Join': join } = value as Record<string, string[] | undefined>;
  return join ? (join[1] as unknown as unknown[]).map(flat).join('') : `<${ref ?? of?.join('.')}>`;
}

function allow(role: IRole, actions: readonly string[], resource: string): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
}
