/** Bad input and its replies: the same cases for the handler, for HTTP and for the official SDK. */
import { BAD_BODIES } from './body.ts';
import type { BadInput } from './case.ts';
import { BAD_ENVELOPES } from './envelope.ts';
import { BAD_HEADERS } from './headers.ts';
import { BAD_HTTP_REQUESTS } from './http.ts';
import { BAD_TASK_REQUESTS } from './tasks.ts';
import { BAD_TOOL_CALLS } from './tools.ts';

export type { BadInput } from './case.ts';

export const BAD_INPUTS: readonly BadInput[] = [
  ...BAD_BODIES,
  ...BAD_HTTP_REQUESTS,
  ...BAD_HEADERS,
  ...BAD_ENVELOPES,
  ...BAD_TOOL_CALLS,
  ...BAD_TASK_REQUESTS,
];
