/** The AWS identity that everything on this machine uses with the emulators. */
export const LOCAL_AWS = {
  region: 'us-east-1',
  /** The account id that the SQS emulator gives its queues. */
  account: '000000000000',
  /** DynamoDB Local keeps one database for each access key: readers of a local table must use this one. */
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** The same as environment variables, as Lambda sets them for a function. */
export const LOCAL_AWS_ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: LOCAL_AWS.region,
  AWS_DEFAULT_REGION: LOCAL_AWS.region,
  AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
};
