/** Who everything on this machine claims to be when it speaks to an emulator. */
export const LOCAL_AWS = {
  region: 'us-east-1',
  /** The account id that the SQS emulator gives its queues. */
  account: '000000000000',
  /** DynamoDB Local keeps one database per access key: whoever reads a local table must use this one. */
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** The same as the environment that Lambda gives a function. */
export const LOCAL_AWS_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: LOCAL_AWS.region,
  AWS_DEFAULT_REGION: LOCAL_AWS.region,
  AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
};
