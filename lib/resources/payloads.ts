/** The payload bucket. */
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../props/settings.ts';

/** The bucket of payloads that are too large for a row. Objects are written once, never overwritten, and expire. */
export function createPayloadBucket(scope: Construct, settings: Settings): IBucket {
  const { encryptionKey, payloadRetention, removalPolicy } = settings;
  if (settings.bucket) return settings.bucket;
  const bucket = new Bucket(scope, 'Payloads', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    ...(encryptionKey
      ? // One request to KMS for many objects.
        { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    lifecycleRules: [
      {
        expiration: payloadRetention,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Only the functions access the bucket, and their own logs name the task of each access; a second bucket for ' +
      'server access logs would add nothing. Account-wide trails can still record data events.',
  });
  return bucket;
}
