/** SQS in this process: the fauxqs emulator. */
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { LOCAL_AWS } from './aws.ts';

export interface LocalSqs {
  readonly endpoint: string;
  readonly client: SQSClient;
  /** @param attributes named as in the SQS API */
  createQueue(name: string, attributes: Readonly<Record<string, string>>): Promise<void>;
  buildQueueUrl(name: string): string;
  stop(): Promise<void>;
}

/** The ARN that the emulator gives a queue. */
export const buildQueueArn = (name: string): string => `arn:aws:sqs:${LOCAL_AWS.region}:${LOCAL_AWS.account}:${name}`;

/** Listens on a free port of 127.0.0.1. */
export async function startSqs(): Promise<LocalSqs> {
  // `startFauxqs` listens on every interface; the application behind it lets the caller choose.
  const app = buildApp({ logger: false, defaultRegion: LOCAL_AWS.region });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new SQSClient({ endpoint, region: LOCAL_AWS.region, credentials: LOCAL_AWS.credentials });
  return {
    endpoint,
    client,
    createQueue: async (name, attributes) => {
      await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }));
    },
    // The emulator's own URLs have a host name that does not resolve; it finds queues by the last part alone.
    buildQueueUrl: (name) => `${endpoint}/${LOCAL_AWS.account}/${name}`,
    stop: async () => {
      client.destroy();
      await app.close();
    },
  };
}
