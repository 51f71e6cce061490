export { MemoryTaskStore } from './store.ts';
