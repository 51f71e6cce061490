/**
 * For whoever keeps tasks elsewhere than in DynamoDB: the contract of a task store, the row and the conditions that it
 * is asked to hold. `mcp-tasks-aws/testing` has the suite that every store passes.
 */
export * from './tasks/conditions.ts';
export { MemoryTaskStore } from './tasks/memory/index.ts';
export * from './tasks/record.ts';
export type * from './tasks/store.ts';
export { checkRowFormat, toStoredValue, UnknownRowFormat } from './tasks/stored.ts';
