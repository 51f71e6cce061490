import { defineConfig } from 'vitest/config';
import { LOCAL_AWS_ENVIRONMENT } from './lib/local/aws.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A project of its own, which `test/package` installs and runs.
    exclude: ['test/package/consumer/**'],
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
    globalSetup: ['test/support/dynamodb-setup.ts', 'test/support/template-setup.ts'],
    // AWS clients in tests speak to stand-ins only, never with a developer's own credentials.
    env: { ...LOCAL_AWS_ENVIRONMENT },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // DynamoDB Local, workers and servers under test are processes of their own beside each test process.
    maxWorkers: 2,
  },
});
