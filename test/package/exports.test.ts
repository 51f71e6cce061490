/** The public surface. Consumers build on every name, so adding or removing one is a decision, which is made here. */
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listLoadedPackages, readEntryPoints } from './public-surface.ts';

interface Surface {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

// biome-ignore format: a list of names reads better packed
const SURFACES: Readonly<Record<string, Surface>> = {
  'mcp-tasks-aws': {
    values: [
      'ConfigurationError', 'HandedOver', 'InputNotSupported', 'InvalidAnswer', 'LeaseLost', 'Parked', 'ProtocolError',
      'Retryable', 'StepError', 'TOOL_DEFAULTS', 'TaskCancelled', 'TaskError', 'TimeBudgetSpent', 'WaitTimedOut',
      'defineServer', 'defineTool', 'toolError',
    ],
    types: [
      'ArgumentsOf', 'Ask', 'CallFacts', 'ElicitAnswer', 'ExternalWait', 'FormContent', 'Infer', 'Json', 'RetryOptions',
      'Schema', 'ServerConfig', 'ServerDefinition', 'StepContext', 'TaskContext', 'TaskErrorCode', 'TaskSupport', 'Tool',
      'ToolConfig', 'ToolError', 'ToolHandler', 'ToolReturn', 'WithoutTasks',
    ],
  },
  'mcp-tasks-aws/cdk': {
    values: ['McpAuth', 'McpTasksServer', 'McpTasksStack', 'addServerOutputs'],
    types: [
      'AlarmOptions', 'Asset', 'CognitoAuthOptions', 'EndpointProps', 'FunctionsProps', 'IdentityProps',
      'JwtAuthOptions', 'LeaseProps', 'LimitsProps', 'McpAuthKind', 'McpTasksServerProps', 'McpTasksStackProps',
      'MonitoringOptions', 'MonitoringProps', 'NetworkProps', 'QueuesProps', 'RequestLimits', 'RequestProps',
      'ResourcesProps', 'RetentionProps', 'Thresholds', 'TokenOptions', 'ToolsProps',
    ],
  },
  'mcp-tasks-aws/testing': {
    values: ['runTool'],
    types: ['RunToolOptions', 'TestAnswer', 'ToolRunReport'],
  },
  'mcp-tasks-aws/store': {
    values: ['MemoryTaskStore', 'ROW_FORMAT', 'UnknownRowFormat', 'checkRowFormat', 'missing', 'toStoredValue'],
    types: [
      'Attribute', 'Change', 'Condition', 'Era', 'IdempotencyRow', 'InputCapabilities', 'InsertOnceResult',
      'JournalEntry', 'Payload', 'PayloadReference', 'TaskKey', 'TaskRow', 'TaskRowPage', 'TaskStatus', 'TaskStore',
      'WriteResult',
    ],
  },
  'mcp-tasks-aws/store/contract': {
    values: ['taskStoreContract'],
    types: [],
  },
};

const entryPoints = readEntryPoints();

test('the entry points are those of package.json', () => {
  expect(entryPoints.map(({ specifier }) => specifier)).toEqual(Object.keys(SURFACES));
});

describe.each(entryPoints)('$specifier', ({ specifier, file, names }) => {
  const listNames = (kind: 'value' | 'type') => names.filter((each) => each.kind === kind).map(({ name }) => name);

  test('exports these names and no other', () => {
    expect(
      { values: listNames('value'), types: listNames('type') },
      `The public surface of ${specifier} has changed. Consumers build on every name, so that is a decision: ` +
        'if it is meant, change the list in test/package/exports.test.ts and write it into CHANGELOG.md.',
    ).toEqual(SURFACES[specifier]);
  });

  test('has each value when it is loaded', async () => {
    const loaded = (await import(join(resolve(), file))) as Record<string, unknown>;
    expect(Object.keys(loaded).toSorted()).toEqual(listNames('value'));
  });
});

test.each(['lambda/index.ts', 'lambda/testing.ts', 'lambda/store.ts'])('%s loads no test runner', (file) => {
  expect([...listLoadedPackages(file)].filter((name) => /^(vitest|jest|@jest|node:test)/.test(name))).toEqual([]);
  expect([...listLoadedPackages('lambda/tasks/contract/index.ts')]).toContain('vitest');
});
