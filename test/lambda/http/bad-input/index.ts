/** What must never come in, and what is answered: rows for the handler, for HTTP and for the official SDK alike. */
import { badBodies } from './body.ts';
import { badEnvelopes } from './envelope.ts';
import { badHeaders } from './headers.ts';
import { badHttp } from './http.ts';
import type { BadInput } from './case.ts';
import { badTasks } from './tasks.ts';
import { badCalls } from './tools.ts';

export type { BadInput } from './case.ts';

export const badInputs: readonly BadInput[] = [
  ...badBodies,
  ...badHttp,
  ...badHeaders,
  ...badEnvelopes,
  ...badCalls,
  ...badTasks,
];
