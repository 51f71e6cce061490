import { MemoryTaskStore } from '../../lambda/tasks/memory/index.ts';
import { taskStoreContract } from './contract.ts';

taskStoreContract('the memory store', () => new MemoryTaskStore());
