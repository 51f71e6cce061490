export { errorFacts } from './error-facts.ts';
export { during, functionLog, type Invocation } from './function-log.ts';
export { traceparentOf } from './x-ray.ts';
