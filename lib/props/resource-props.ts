/** What a team has already, and wants the server to use instead of making its own. */
import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** Resources of your own in place of the construct's. Their life, backups and alarms are then yours too. */
export interface ResourcesProps {
  /**
   * The table of tasks: partition key `partition` and sort key `id`, both strings, TTL attribute `ttl`, no index.
   * Put the default one in again, and every task is gone from sight: tasks live in one table and are not moved.
   *
   * @default - a table of the construct's own: on demand, recoverable to a point in time, kept with the stack gone
   */
  readonly table?: ITable;

  /**
   * The queue of wake-ups and its dead-letter queue.
   *
   * @default - two queues of the construct's own
   */
  readonly queues?: QueuesProps;

  /**
   * The bucket of payloads that are too large for a row. Let its lifecycle rule keep objects for as long as the
   * longest `lifetimeMs` plus `retentionMs` of the tools; `payloadRetention` is not applied to it.
   *
   * @default - a bucket of the construct's own
   */
  readonly bucket?: IBucket;

  /**
   * Encrypts what the construct makes: table, queues, bucket, sealing secret and logs. Each function may use it. The
   * key policy of one that is only imported has to let CloudWatch Logs (`logs.<region>.amazonaws.com`) use it too.
   * The key of a table, queue or bucket of your own is taken from that resource.
   *
   * @default - keys that AWS manages, at no cost per request
   */
  readonly encryptionKey?: IKey;

  /**
   * The network in which the functions run. They call DynamoDB, SQS, S3, Secrets Manager and CloudWatch Logs, and
   * the issuer of access tokens: the subnets need a NAT gateway, or endpoints for those.
   *
   * @default - no network of yours, and all of the internet in reach
   */
  readonly vpc?: IVpc;

  /**
   * Which of the VPC's subnets.
   *
   * @default - the private ones
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * What the functions belong to in the VPC.
   *
   * @default - a group for each function, with all traffic out and none in
   */
  readonly securityGroups?: readonly ISecurityGroup[];

  /**
   * A name of your own for the endpoint, as API Gateway knows it (`DomainName`, with its certificate). Point DNS at
   * it. The gateway's own URL is switched off then: a token that was made for one URL is not taken at another.
   *
   * @default - the gateway's own URL
   */
  readonly domainName?: IDomainName;
}

/** Standard queues, not FIFO. */
export interface QueuesProps {
  /**
   * Visibility time-out: at least `workerTimeout`, as Lambda demands. Redrives to `deadLetterQueue` after 100
   * receives or more: a message that is put back while another worker is alive counts as received.
   */
  readonly queue: IQueue;

  /** Visibility time-out: at least 60 s. Keeps messages longer than `queue` does: their age counts from the first send. */
  readonly deadLetterQueue: IQueue;
}
