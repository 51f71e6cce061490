import { dynamoTaskStore } from '../support/dynamodb.ts';
import { taskStoreContract } from './contract.ts';

taskStoreContract('the DynamoDB store on DynamoDB Local', () => dynamoTaskStore());
