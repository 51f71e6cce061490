/** The table. */
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';

/**
 * The one table: task rows, journal entries and idempotency keys, distinguished by their partition. It has no index:
 * the sort key of a task is its time-ordered id, so a plain Query lists an owner's tasks.
 *
 * Keys, name and logical id never change, because CloudFormation would replace the table for any of them; a table
 * that is replaced anyway is kept (`RETAIN`) and refuses deletion.
 */
export function createTable(scope: Construct, settings: Settings): ITable {
  const { table, encryptionKey, removalPolicy, deletionProtection } = settings;
  if (table) return table;
  return new Table(scope, 'Table', {
    partitionKey: { name: 'partition', type: AttributeType.STRING },
    sortKey: { name: 'id', type: AttributeType.STRING },
    // Deletion may be days late: readers judge expiry by the row's `expiresAt`.
    timeToLiveAttribute: 'ttl',
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // CloudTrail records the use of either key; for AWS's key the functions need no permission.
    ...(encryptionKey
      ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }
      : { encryption: TableEncryption.AWS_MANAGED }),
    removalPolicy,
    deletionProtection,
  });
}
