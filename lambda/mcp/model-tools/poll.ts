/** Recognizing polls by clients whose protocol has no tasks. */
import { GET_TASK_RESULT } from '../../tool/model-tool-names.ts';
import { getOwn, isObject } from '../rpc.ts';

/** Whether a request calls `get_task_result`. */
export function isTaskResultCall(body: unknown): boolean {
  if (!isObject(body) || getOwn(body, 'method') !== 'tools/call') return false;
  const params = getOwn(body, 'params');
  return isObject(params) && getOwn(params, 'name') === GET_TASK_RESULT;
}
