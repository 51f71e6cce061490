import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';
import { MemoryTaskStore } from '../../../lambda/tasks/memory/index.ts';

taskStoreContract('the memory store', () => new MemoryTaskStore());
