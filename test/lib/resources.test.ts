import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { McpTasksServerProps } from '../../lib/props/props.ts';
import {
  addServer,
  addServerOnOwnResources,
  createKeyedTable,
  createQueuePair,
  createStack,
} from './existing-resources.ts';

const stack = createStack();
const server = addServerOnOwnResources(stack);
const template = Template.fromStack(stack);
const lambdas = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) => id.startsWith('Mcp'));
const findPolicyStatements = (role: string) => {
  const [, policy] =
    Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) => id.startsWith(`Mcp${role}Role`)) ?? [];
  return (policy?.Properties.PolicyDocument.Statement ?? []) as { Action: string | string[]; Resource: unknown }[];
};

describe('bring-your-own resources', () => {
  test('replace those that the construct would create', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    for (const [, { Properties }] of lambdas)
      expect(Properties.Environment.Variables).toMatchObject({
        TABLE_NAME: { Ref: expect.stringMatching(/^OwnTable/) },
        QUEUE_URL: { Ref: expect.stringMatching(/^OwnQueue/) },
      });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^OwnQueue'), 'Arn'] },
      BatchSize: 1,
    });
  });

  test('the functions run in the given VPC and security groups', () => {
    expect(lambdas).toHaveLength(4);
    for (const [id, { Properties }] of lambdas) {
      expect(Properties.VpcConfig.SubnetIds, id).toHaveLength(2);
      expect(Properties.VpcConfig.SecurityGroupIds, id).toEqual([
        { 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupId'] },
      ]);
    }
  });

  test('the key encrypts the secret and every log group, and the functions may use it and the bucket’s', () => {
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^OwnKey'), 'Arn'] };
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: key });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
    const keysOf = (role: string) =>
      findPolicyStatements(role)
        .filter(({ Action }) => [Action].flat().includes('kms:Decrypt'))
        .map(({ Resource }) => (Resource as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]?.slice(0, -8));
    // Table and queues have no key here.
    expect(keysOf('Api').sort()).toEqual(['BucketKey', 'OwnKey']);
    expect(keysOf('Worker')).toEqual(['BucketKey']);
    expect(keysOf('External')).toEqual(['BucketKey']);
    expect(keysOf('DeadLetter')).toEqual([]);
  });

  test('CloudWatch Logs may use the key only for this account’s log groups', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
            Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  test('the domain name is the endpoint, and the gateway’s own URL is switched off', () => {
    expect(stack.resolve(server.endpoint)).toEqual({
      'Fn::Join': ['', ['https://', { Ref: expect.stringMatching(/^Domain/) }, '/mcp']],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
    template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
      DomainName: { Ref: Match.stringLikeRegexp('^Domain') },
      Stage: '$default',
    });
  });

  test('pass every rule of AWS Solutions that applies to the construct', () => {
    const violations = new AwsSolutionsChecks().validateScope(server).violations;
    expect(
      violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map((r) => [ruleName, r.constructPath]),
      ),
    ).toEqual([]);
  });
});

describe('a customer-managed key', () => {
  test('encrypts the table, queues, bucket, secret and logs that the construct creates', async () => {
    const { Key } = await import('aws-cdk-lib/aws-kms');
    const other = createStack();
    addServer(other, { encryptionKey: new Key(other, 'Key') });
    const made = Template.fromStack(other);
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    made.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { SSEType: 'KMS', KMSMasterKeyId: key } });
    made.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: key });
    made.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } },
        ],
      },
    });
    const users = Object.entries(made.findResources('AWS::IAM::Policy')).filter(([, { Properties }]) =>
      JSON.stringify(Properties).includes('kms:Decrypt'),
    );
    expect(users.map(([id]) => id.replace(/RoleDefaultPolicy.*/, '')).sort()).toEqual([
      'McpApi',
      'McpDeadLetter',
      'McpExternal',
      'McpWorker',
    ]);
    for (const [, { Properties }] of users) expect(JSON.stringify(Properties)).not.toMatch(/"kms:[^"]*\*"/);
  });
});

describe('imported resources', () => {
  test('keep their names', () => {
    const other = createStack();
    addServer(other, {
      table: Table.fromTableName(other, 'T', 'tasks'),
      bucket: Bucket.fromBucketName(other, 'B', 'payloads'),
    });
    const made = Template.fromStack(other);
    made.resourceCountIs('AWS::DynamoDB::Table', 0);
    made.resourceCountIs('AWS::S3::Bucket', 0);
    made.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TABLE_NAME: 'tasks', PAYLOAD_BUCKET: 'payloads' } },
    });
    expect(new AwsSolutionsChecks().validateScope(other).violations).toEqual([]);
  });
});

describe('synthesis refuses', () => {
  const refused: [string, (stack: Stack) => Partial<McpTasksServerProps>, RegExp][] = [
    [
      'a table with other keys',
      (scope) => ({ table: new Table(scope, 'T', { partitionKey: { name: 'pk', type: AttributeType.STRING } }) }),
      /keyed by pk \(S\): its keys must be partition \(S\) and id \(S\)/,
    ],
    [
      'a queue that delivers a message again while a function processes it',
      (scope) => ({ queues: createQueuePair(scope, Duration.minutes(5)) }),
      /hides a message for 300 s while its function may work on it for 900 s: raise its visibilityTimeout/,
    ],
    [
      'a queue that loses the messages that it gives up on',
      (scope) => ({
        queues: {
          ...createQueuePair(scope),
          queue: new Queue(scope, 'Bare', { visibilityTimeout: Duration.hours(1) }),
        },
      }),
      /Bare has no dead-letter queue/,
    ],
    [
      'FIFO queues',
      (scope) => ({
        queues: { ...createQueuePair(scope), queue: Queue.fromQueueArn(scope, 'F', 'arn:aws:sqs:us-east-1:1:a.fifo') },
      }),
      /is a FIFO queue/,
    ],
    ['subnets without a VPC', () => ({ vpcSubnets: {} }), /name it as "vpc"/],
    ['zero shards', () => ({ ownerShards: 0 }), /ownerShards is 0: it must be 1 to 100/],
    ['a negative limit', () => ({ maxOpenTasks: -1 }), /maxOpenTasks is -1: it must be at least 0/],
  ];
  test.each(refused)('%s', (_, props, message) => {
    const other = createStack();
    expect(() => addServer(other, props(other))).toThrow(message);
  });

  test('no table and no queues that are suitable', () => {
    const other = createStack();
    expect(() => addServer(other, { table: createKeyedTable(other), queues: createQueuePair(other) })).not.toThrow();
  });
});

describe('metrics', () => {
  test('are of the construct’s own resources, with the statistic that an alarm needs', () => {
    const other = createStack();
    const made = addServer(other, {});
    const shown = [
      made.metricDeadLetters(),
      made.metricWakeUpsWaiting(),
      made.metricWorkerErrors(),
      made.metricRequests(),
    ];
    expect(shown.map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic])).toEqual([
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'],
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'],
      ['AWS/Lambda', 'Errors', 'Sum'],
      ['AWS/ApiGateway', 'Count', 'Sum'],
    ]);
    expect(other.resolve(made.metricDeadLetters().dimensions)).toEqual({
      QueueName: { 'Fn::GetAtt': [expect.stringMatching(/^McpDeadLetterQueue/), 'QueueName'] },
    });
    expect(made.metricLatency({ statistic: 'p50', period: Duration.minutes(1) })).toMatchObject({ statistic: 'p50' });
    expect(Object.keys(made.metricThrottles().usingMetrics)).toEqual(['api', 'worker']);
  });
});
