import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';
import { createDynamoTaskStore } from '../../support/dynamodb.ts';

taskStoreContract('the DynamoDB store on DynamoDB Local', () => createDynamoTaskStore());
