import { dynamoTaskStore } from '../../support/dynamodb.ts';
import { taskStoreContract } from '../../../lambda/tasks/contract/index.ts';

taskStoreContract('the DynamoDB store on DynamoDB Local', () => dynamoTaskStore());
