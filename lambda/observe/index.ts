export { errorFacts } from './error-fields.ts';
export { during, functionLog, type Invocation } from './function-log.ts';
export { traceparentOf } from './x-ray.ts';
