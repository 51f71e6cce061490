/** What each function may do, and no more: the statements are the whole of it. */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type CfnResource, Stack, Validations } from 'aws-cdk-lib/core';

export interface Resources {
  readonly table: Table;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly bucket: Bucket;
  readonly secret: Secret;
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
}

/** Runs the tools: consumes wake-ups, and sends those of sleeps, retries and hand-overs. */
export function permitWorker(role: IRole, { table, queue, bucket }: Resources): void {
  allow(role, ROWS, table.tableArn);
  allow(role, ['sqs:SendMessage', ...CONSUME], queue.queueArn);
  permitPayloads(role, bucket);
}

/** Sends afresh what is still owed. It gives no verdict: it writes no row, and takes nothing from the main queue. */
export function permitDeadLetter(role: IRole, { table, queue, deadLetterQueue }: Resources): void {
  allow(role, ['dynamodb:GetItem'], table.tableArn);
  allow(role, ['sqs:SendMessage'], queue.queueArn);
  allow(role, CONSUME, deadLetterQueue.queueArn);
}

/** Objects by key. Without `s3:ListBucket` S3 answers 403, not 404, for an object that has expired. */
function permitPayloads(role: IRole, bucket: Bucket): void {
  allow(role, ['s3:GetObject', 's3:PutObject'], bucket.arnForObjects('*'));
  const logicalId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnResource);
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/*]`,
    reason: 'Every object in the bucket is a payload of this server; their keys are made at run time.',
  });
}

function allow(role: IRole, actions: readonly string[], resource: string): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
}
