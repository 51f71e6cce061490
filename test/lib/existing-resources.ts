/** A stack whose server uses bring-your-own resources: every one that the construct accepts. */
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { McpAuth } from '../../lib/auth/mcp-auth.ts';
import { McpTasksServer } from '../../lib/mcp-tasks-server.ts';
import type { McpTasksServerProps } from '../../lib/props/props.ts';
import { FIXTURE_SERVER } from '../support/template.ts';

export const createStack = () => new Stack(new App({ context: { [BUNDLING_STACKS]: [] } }), 'Own');

export function addServer(stack: Stack, props: Partial<McpTasksServerProps>): McpTasksServer {
  return new McpTasksServer(stack, 'Mcp', { entry: FIXTURE_SERVER, auth: McpAuth.iam(), ...props });
}

export const createKeyedTable = (stack: Stack) =>
  new Table(stack, 'OwnTable', {
    partitionKey: { name: 'partition', type: AttributeType.STRING },
    sortKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'ttl',
  });

export function createQueuePair(stack: Stack, visibilityTimeout = Duration.minutes(15)) {
  const deadLetterQueue = new Queue(stack, 'OwnDeadLetters', { visibilityTimeout: Duration.minutes(1) });
  const redrive = { queue: deadLetterQueue, maxReceiveCount: 100 };
  return { queue: new Queue(stack, 'OwnQueue', { visibilityTimeout, deadLetterQueue: redrive }), deadLetterQueue };
}

/** A server with every resource at once. */
export function addServerOnOwnResources(stack: Stack): McpTasksServer {
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  return addServer(stack, {
    table: createKeyedTable(stack),
    queues: createQueuePair(stack),
    bucket: new Bucket(stack, 'OwnBucket', { encryptionKey: new Key(stack, 'BucketKey') }),
    encryptionKey: new Key(stack, 'OwnKey'),
    vpc,
    securityGroups: [new SecurityGroup(stack, 'Group', { vpc })],
    domainName: new DomainName(stack, 'Domain', {
      domainName: 'mcp.example.com',
      certificate: Certificate.fromCertificateArn(
        stack,
        'Certificate',
        'arn:aws:acm:us-east-1:111122223333:certificate/1',
      ),
    }),
  });
}
