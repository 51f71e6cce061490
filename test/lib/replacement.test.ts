/** What a later deployment would lose: resources with data in them, and what CloudFormation replaces them for. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { describe, expect, test } from 'vitest';
import { McpAuth } from '../../lib/auth/mcp-auth.ts';
import { synthesizeFixture } from '../support/template.ts';
import { findResourceType, type ResourceProperty } from './cloudformation-schema.ts';

/** Recorded with the first release. A change here loses what deployed stacks keep: find another way. */
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

/** The properties for which CloudFormation makes the resource anew, as its schema says. */
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

test('the schema knows what it is asked: other keys, and a name, would replace the table', () => {
  const properties = { KeySchema: [], TableName: 'tasks', BillingMode: 'PAY_PER_REQUEST' };
  expect(pickReplacingProperties('AWS::DynamoDB::Table', properties)).toEqual({ KeySchema: [], TableName: 'tasks' });
});
