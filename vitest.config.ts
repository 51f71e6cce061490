import { defineConfig } from 'vitest/config';
import { LOCAL_AWS_ENVIRONMENT } from './lib/local/aws.ts';
import { EMULATOR_TIMEOUT_MS } from './test/support/emulator.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A separate project, which `test/package` installs and runs.
    exclude: ['test/package/consumer/**'],
    typecheck: { enabled: true, spawnTimeout: 900_000, include: ['test/**/*.test-d.ts'] },
    globalSetup: ['test/support/dynamodb-setup.ts', 'test/support/template-setup.ts'],
    // AWS clients in tests call emulators only, never with a developer's own credentials.
    env: { ...LOCAL_AWS_ENVIRONMENT, EMULATOR_TIMEOUT_MS: String(EMULATOR_TIMEOUT_MS) },
    // Only a hang reaches them: no test has its own limit, since a busy machine is not a failure.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    teardownTimeout: 900_000,
    // DynamoDB Local, workers and servers under test are processes next to each test process.
    maxWorkers: 2,
  },
});
