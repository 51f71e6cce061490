import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';
import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';

taskStoreContract('the memory store', () => new MemoryTaskStore());
