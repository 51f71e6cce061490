/** The stateful resources of the stack, created as the template says: table, queues, and a folder for each bucket. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalName, LocalNames } from './intrinsics.ts';
import { buildQueueArn, type LocalSqs } from './sqs.ts';
import { createLocalTable, deleteLocalTable } from './table.ts';
import type { Wiring } from './wiring.ts';

export interface LocalResources {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Contains the folders that replace the template's buckets. */
  readonly bucketsFolder: string;
  /** The folder that replaces the payload bucket. */
  readonly payloadFolder: string;
  /** The local names of the template's resources. */
  readonly names: LocalNames;
}

export interface LocalResourcesOptions {
  readonly wiring: Wiring;
  readonly sqs: LocalSqs;
  /** `shared`: it keeps running afterwards, so the table must be deleted. */
  readonly dynamodb: { readonly endpoint: string; readonly shared: boolean };
  /** Prefix of the names of table and queues. */
  readonly name: string;
  /** Visibility time-out of the work queue (ms); the template's if it is `undefined`. */
  readonly visibilityMs: number | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** @param undo ends what was created. @throws CannotStart when the table cannot be created */
export async function createLocalResources(
  { wiring, sqs, dynamodb, name, visibilityMs, onFailure }: LocalResourcesOptions,
  undo: AsyncDisposableStack,
): Promise<LocalResources> {
  const bucketsFolder = await mkdtemp(join(tmpdir(), 'mcp-tasks-'));
  undo.defer(() => rm(bucketsFolder, { recursive: true, force: true }));
  const toBucketFolder = (id: string) => join(bucketsFolder, id);
  await Promise.all(wiring.buckets.map((id) => mkdir(toBucketFolder(id))));

  const tableName = `${name}-${randomBytes(6).toString('hex')}`;
  await createLocalTable(dynamodb.endpoint, tableName, wiring.table);
  if (dynamodb.shared) undo.defer(() => deleteLocalTable(dynamodb.endpoint, tableName).catch(onFailure));

  const deadLetters = `${tableName}-dead-letters`;
  await sqs.createQueue(deadLetters, wiring.deadLetters.queue.attributes);
  await sqs.createQueue(tableName, {
    ...wiring.work.queue.attributes,
    ...(visibilityMs === undefined ? {} : { VisibilityTimeout: String(Math.ceil(visibilityMs / 1_000)) }),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: buildQueueArn(deadLetters),
      maxReceiveCount: wiring.maxReceiveCount,
    }),
  });

  const buildQueueName = (queueName: string): LocalName => ({
    ref: sqs.buildQueueUrl(queueName),
    attributes: { Arn: buildQueueArn(queueName), QueueName: queueName },
  });
  const secret = randomBytes(32).toString('base64url');
  return {
    tableName,
    queueUrl: sqs.buildQueueUrl(tableName),
    deadLetterQueueUrl: sqs.buildQueueUrl(deadLetters),
    bucketsFolder,
    payloadFolder: toBucketFolder(wiring.payloadBucket),
    names: new Map([
      [wiring.table.id, { ref: tableName }],
      [wiring.work.queue.id, buildQueueName(tableName)],
      [wiring.deadLetters.queue.id, buildQueueName(deadLetters)],
      ...wiring.buckets.map((id): [string, LocalName] => [id, { ref: toBucketFolder(id), isFolder: true }]),
      ...wiring.secrets.map((id): [string, LocalName] => [id, { ref: secret }]),
    ]),
  };
}
