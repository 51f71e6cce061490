import { Match } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { synthesizeFixture } from '../../support/template.ts';

const template = synthesizeFixture();

describe('the table', () => {
  test('is on demand, keyed by partition and id, swept by ttl, encrypted, and recoverable to a point in time', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'partition', AttributeType: 'S' },
        { AttributeName: 'id', AttributeType: 'S' },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      GlobalSecondaryIndexes: Match.absent(),
      LocalSecondaryIndexes: Match.absent(),
    });
  });

  test('cannot be replaced by accident: its logical id, its keys and its generated name never change', () => {
    const [id, ...others] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
    expect(others).toEqual([]);
    // Recorded with the first release. A change here replaces every deployed table: find another way.
    expect(id).toBe('McpTableF1E79E5B');
    template.hasResourceProperties('AWS::DynamoDB::Table', { TableName: Match.absent() });
  });

  test('is kept when the stack is deleted, and refuses deletion, unless the props say otherwise', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    const disposable = synthesizeFixture({ removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false });
    disposable.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
  });
});

describe('the payload bucket', () => {
  test('is private, encrypted and kept', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: Match.absent(),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['McpPayloads6B804D3A']);
  });

  test('is reached over TLS only', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [matchDenyWithoutTls('s3:*')] },
    });
  });

  test('deletes payloads after 30 days or payloadRetention, and uploads that were never finished', () => {
    const rule = (days: number) => ({
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', ExpirationInDays: days, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
    template.hasResourceProperties('AWS::S3::Bucket', rule(30));
    synthesizeFixture({ payloadRetention: Duration.days(7) }).hasResourceProperties('AWS::S3::Bucket', rule(7));
  });
});

describe('the sealing secret', () => {
  test('is generated at deployment, is in no template, and is kept', () => {
    template.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
        SecretString: Match.absent(),
      },
    });
  });
});

describe('the queues', () => {
  test('wake-ups stay 7 days, are hidden for as long as a worker may run, and are given up after 100 receives', () => {
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.hasResourceProperties('AWS::SQS::Queue', {
      FifoQueue: Match.absent(),
      VisibilityTimeout: 900,
      MessageRetentionPeriod: 604_800,
      RedrivePolicy: {
        maxReceiveCount: 100,
        deadLetterTargetArn: { 'Fn::GetAtt': ['McpDeadLetterQueue0CC0D32B', 'Arn'] },
      },
    });
  });

  test('dead letters stay 14 days, and are hidden for as long as their function may run', () => {
    template.hasResource('AWS::SQS::Queue', {
      Properties: { VisibilityTimeout: 60, MessageRetentionPeriod: 1_209_600, RedrivePolicy: Match.absent() },
    });
  });

  test('the visibility follows the time-out of the worker', () => {
    const shorter = synthesizeFixture({ workerTimeout: Duration.minutes(3) });
    shorter.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 180 });
    shorter.hasResourceProperties('AWS::Lambda::Function', { Timeout: 180 });
  });

  test('both are encrypted and reached over TLS only', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: [matchDenyWithoutTls('sqs:*')] },
    });
  });
});

describe('logs', () => {
  test('of each function and of the gateway are kept a month, or for logRetention', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 5);
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 30 } });
    const longer = synthesizeFixture({ logRetention: RetentionDays.ONE_YEAR });
    longer.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });
});

function matchDenyWithoutTls(action: string) {
  return Match.objectLike({
    Action: action,
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
}
