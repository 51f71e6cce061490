import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';

/**
 * The one table: task rows, journal entries and idempotency keys, told apart by their partition. It has no index:
 * the sort key of a task is its time-ordered id, so an owner's tasks are listed by a plain Query.
 *
 * Keys, name and logical id never change, since CloudFormation would replace the table for any of them; a table
 * that is replaced all the same stays behind (`RETAIN`) and refuses deletion.
 */
export function createTable(scope: Construct, settings: Settings): ITable {
  const { table, encryptionKey, removalPolicy, deletionProtection } = settings;
  if (table) return table;
  return new Table(scope, 'Table', {
    partitionKey: { name: 'partition', type: AttributeType.STRING },
    sortKey: { name: 'id', type: AttributeType.STRING },
    // Deletes days late and only sweeps: readers judge expiry by the row's own `expiresAt`.
    timeToLiveAttribute: 'ttl',
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // Either way key use shows in CloudTrail; for AWS's key the functions need no permission.
    ...(encryptionKey
      ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }
      : { encryption: TableEncryption.AWS_MANAGED }),
    removalPolicy,
    deletionProtection,
  });
}
