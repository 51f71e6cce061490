import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { createBundledCode } from '../bundle/bundling.ts';
import { buildExternalEntry } from '../bundle/entries.ts';
import type { LoadedServer } from '../bundle/load-server.ts';
import type { Settings } from '../props/settings.ts';
import { createNodeFunction } from './node-function.ts';
import { grantExternalAccess, type ServerResources } from './permissions.ts';

/**
 * The way in for systems outside (`task.waitFor`): they invoke the function with the token they were given. It has no
 * URL and no event source, so that IAM (`lambda:InvokeFunction`) alone decides who may; nobody may unless granted.
 */
export function createExternalFunction(
  scope: Construct,
  settings: Settings,
  server: LoadedServer,
  resources: ServerResources,
): LambdaFunction {
  const { fn, role } = createNodeFunction(
    scope,
    'External',
    {
      description: `${server.info.name}: lets outside systems end what a task waits for`,
      code: createBundledCode(scope, buildExternalEntry()),
      environment: {
        TABLE_NAME: resources.table.tableName,
        QUEUE_URL: resources.queue.queueUrl,
        PAYLOAD_BUCKET: resources.bucket.bucketName,
      },
      memory: 256,
      // A few requests, and some more when another writer of the same row was faster.
      timeout: Duration.seconds(30),
    },
    settings,
  );
  grantExternalAccess(role, resources);
  return fn;
}
