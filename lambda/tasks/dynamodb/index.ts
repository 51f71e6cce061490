export { DynamoTaskStore, type DynamoTaskStoreOptions } from './store.ts';
