/** Logs and metrics. */
export { toErrorFields } from './error-fields.ts';
export { createFunctionLog, type InvocationContext, withInvocation } from './function-log.ts';
export { toTraceparent } from './x-ray.ts';
