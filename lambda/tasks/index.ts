/**
 * For whoever keeps tasks elsewhere than in DynamoDB: the contract of a task store, the row and the conditions that it
 * is asked to hold. `mcp-tasks-aws/testing` has the suite that every store passes.
 */
export * from './conditions.ts';
export { MemoryTaskStore } from './memory/index.ts';
export * from './record.ts';
export type * from './store.ts';
export { readable, stored, UnknownRowFormat } from './stored.ts';
