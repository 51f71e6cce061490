/**
 * `mcp-tasks-aws/store`: what the author of a task store imports, to keep tasks elsewhere than in DynamoDB: the
 * contract of a store, the row, and the conditions of its writes. `mcp-tasks-aws/store/contract` is the suite that
 * every store has to pass.
 *
 * @module
 */

export { type Attribute, type Condition, missing } from './tasks/conditions.ts';
export { MemoryTaskStore } from './tasks/memory/index.ts';
export {
  type Era,
  type InputCapabilities,
  type JournalEntry,
  type Payload,
  type PayloadReference,
  ROW_FORMAT,
  type TaskKey,
  type TaskRow,
  type TaskStatus,
} from './tasks/record.ts';
export type {
  Change,
  IdempotencyRow,
  InsertOnceResult,
  TaskRowPage,
  TaskStore,
  WriteResult,
} from './tasks/store.ts';
export { checkRowFormat, toStoredValue, UnknownRowFormat } from './tasks/stored.ts';
