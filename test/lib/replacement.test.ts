/** Resources with data in them, which a later deployment must not replace, and the properties that would replace them. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { McpAuth } from '../../lib/auth/mcp-auth.ts';
import { synthesizeFixture } from '../support/template.ts';
import { findResourceType, type ResourceProperty } from './cloudformation-schema.ts';

/** Recorded with the first release. A change here loses the data of deployed stacks: find another way. */
const RECORDED = {
  'AWS::DynamoDB::Table': {
    McpTableF1E79E5B: {
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
    },
  },
  'AWS::S3::Bucket': { McpPayloads6B804D3A: {} },
  'AWS::SecretsManager::Secret': { McpSealingSecret69E51B6B: {} },
  'AWS::SQS::Queue': { McpQueue31F55CFC: {}, McpDeadLetterQueue0CC0D32B: {} },
} as const;

const template = synthesizeFixture();
const other = synthesizeFixture({
  auth: McpAuth.iam(),
  workerTimeout: Duration.minutes(5),
  payloadRetention: Duration.days(90),
  removalPolicy: RemovalPolicy.DESTROY,
  deletionProtection: false,
  ownerShards: 4,
  streaming: true,
});

/** The properties whose change makes CloudFormation replace the resource, by its schema. */
function pickReplacingProperties(type: string, properties: Record<string, unknown> = {}) {
  const known = findResourceType(type)?.properties as Record<string, ResourceProperty>;
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => (known[name]?.causesReplacement ?? 'no') !== 'no'),
  );
}

const findReplacingProperties = (from: typeof template, type: string) =>
  Object.fromEntries(
    Object.entries(from.findResources(type)).map(([id, { Properties }]) => [
      id,
      pickReplacingProperties(type, Properties),
    ]),
  );

describe('cannot be replaced by accident, by an update or by other props', () => {
  test.each(Object.entries(RECORDED))('%s', (type, recorded) => {
    expect(findReplacingProperties(template, type)).toEqual(recorded);
    expect(findReplacingProperties(other, type)).toEqual(recorded);
  });
});

test('the schema knows what replaces the table: other keys, and a name', () => {
  const properties = { KeySchema: [], TableName: 'tasks', BillingMode: 'PAY_PER_REQUEST' };
  expect(pickReplacingProperties('AWS::DynamoDB::Table', properties)).toEqual({ KeySchema: [], TableName: 'tasks' });
});
