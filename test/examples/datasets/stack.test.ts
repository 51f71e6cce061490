import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { describe, expect, test } from 'vitest';
import { DatasetsStack } from '../../../examples/datasets/stack.ts';
import { McpAuth } from '../../../lib/auth/mcp-auth.ts';
import { McpTasksStack } from '../../../lib/mcp-tasks-stack.ts';

const app = new App({ context: { [BUNDLING_STACKS]: [] } });
const stack = new DatasetsStack(app, 'Datasets', { streaming: true });
const template = Template.fromStack(stack);
const bucketId = stack.getLogicalId(stack.bucket.node.defaultChild as never);

const findFunctionProperties = (role: string) => {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return functions.find(([id]) => new RegExp(`^Mcp${role}[0-9A-F]{8}$`).test(id))?.[1].Properties;
};

describe('the example’s bucket', () => {
  test('is private, encrypted, reached over TLS only, and empties itself', () => {
    const { Properties } = template.findResources('AWS::S3::Bucket')[bucketId] ?? {};
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: bucketId },
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      },
    });
  });

  test('is another than the server’s own, and the functions that use it know its name', () => {
    for (const role of ['Api', 'Worker', 'Streaming']) {
      const { DATASETS_BUCKET, PAYLOAD_BUCKET } = findFunctionProperties(role).Environment.Variables;
      expect(DATASETS_BUCKET, role).toEqual({ Ref: bucketId });
      expect(PAYLOAD_BUCKET, role).not.toEqual(DATASETS_BUCKET);
    }
  });

  test('is written by the worker alone, and read by the functions that answer requests', () => {
    const grants = Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) =>
        JSON.stringify(Resource).includes(bucketId),
      ).map(({ Action }: { Action: string }) => `${/^Mcp(\w+?)Role/.exec(id)?.[1]}: ${Action}`),
    );
    expect(grants.sort()).toEqual(['Api: s3:GetObject', 'Streaming: s3:GetObject', 'Worker: s3:PutObject']);
  });
});

test('the example finds its data through the asset’s variable', () => {
  expect(findFunctionProperties('Worker').Environment.Variables.DATASETS_DIR).toMatch(/vega-datasets\/data$/);
});

test('the example’s outputs are those of a stack around one server', () => {
  const alone = new McpTasksStack(new App({ context: { [BUNDLING_STACKS]: [] } }), 'Alone', {
    server: { entry: 'examples/datasets/server.ts', auth: McpAuth.none(), streaming: true },
  });
  expect(Object.keys(template.findOutputs('*'))).toEqual(Object.keys(Template.fromStack(alone).findOutputs('*')));
});
