/** The example on AWS: its server, the data sets it reads, and the bucket it writes to. */
import { join } from 'node:path';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addServerOutputs, McpAuth, McpTasksServer } from 'mcp-tasks-aws/cdk';
import { findPackagedFolder } from './source.ts';

export interface DatasetsStackProps extends StackProps {
  /**
   * Who may call. A function of the stack, because a user pool is looked up inside one.
   *
   * @default McpAuth.none - anyone: the example is there to be tried out, and synthesis warns of it
   */
  readonly auth?: (scope: Construct) => McpAuth;

  /**
   * Whether there is a second endpoint that streams.
   *
   * @default false
   */
  readonly streaming?: boolean;
}

/** How long a redacted CSV can be read; a task's own result is gone sooner. */
const REDACTED_RETENTION = Duration.days(30);

export class DatasetsStack extends Stack {
  readonly server: McpTasksServer;
  /** The redacted CSVs. */
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { auth = McpAuth.none, streaming, ...props }: DatasetsStackProps = {}) {
    super(scope, id, props);
    this.bucket = createRedactedBucket(this);
    this.server = new McpTasksServer(this, 'Mcp', {
      entry: join(import.meta.dirname, 'server.ts'),
      // Files that no import names are deployed as assets; the tools find their copy through the variable.
      assets: [
        {
          from: findPackagedFolder(),
          filter: (path) => path.endsWith('.csv'),
          to: 'datasets',
          variable: 'DATASETS_DIR',
        },
      ],
      environment: { DATASETS_BUCKET: this.bucket.bucketName },
      auth: auth(this),
      ...(streaming !== undefined && { streaming }),
    });

    // A tool runs in the worker; a resource is read in the functions that answer requests.
    grantObjects(this.bucket, 's3:PutObject', this.server.workerFunction);
    grantObjects(this.bucket, 's3:GetObject', this.server.apiFunction);
    if (this.server.streamingFunction) grantObjects(this.bucket, 's3:GetObject', this.server.streamingFunction);

    addServerOutputs(this, this.server);
  }
}

function createRedactedBucket(scope: Construct): Bucket {
  const bucket = new Bucket(scope, 'Redacted', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    lifecycleRules: [{ expiration: REDACTED_RETENTION, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Only the functions reach the bucket, and a task names each object that it wrote: access logs add nothing.',
  });
  return bucket;
}

/** One action and no more: the bucket's own `grantPut` and `grantRead` permit several that the tools do not need. */
function grantObjects(bucket: Bucket, action: string, fn: LambdaFunction): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [bucket.arnForObjects('*')] }));
  const bucketId = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  Validations.of(fn.role ?? fn).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/*]`,
    reason: 'Every object in the bucket is a redacted CSV of this server; their keys are made at run time.',
  });
}
