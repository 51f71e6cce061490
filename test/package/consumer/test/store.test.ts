import { MemoryTaskStore, type TaskKey, type TaskRow, type TaskStore } from 'mcp-tasks-aws/store';
import { taskStoreContract } from 'mcp-tasks-aws/store/contract';
import { runTool } from 'mcp-tasks-aws/testing';
import { expect, test } from 'vitest';
import { countWords } from '../src/server.ts';

/** A store on top of the one in memory. */
class CountingStore extends MemoryTaskStore implements TaskStore {
  reads = 0;
  override read(key: TaskKey): Promise<TaskRow | undefined> {
    this.reads += 1;
    return super.read(key);
  }
}

taskStoreContract("a consumer's store", () => new CountingStore());

test("a consumer's tool runs in the test kit", async () => {
  const { result } = await runTool(countWords, { text: 'one two three' }, { replay: 'every-step' });
  expect(result?.structuredContent).toEqual({ words: 3 });
});
