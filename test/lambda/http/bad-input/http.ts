/** Requests that HTTP alone tells to be wrong. */
import { type BadInput, LIMIT, list, raw } from './case.ts';

export const badHttp: readonly BadInput[] = [
  // HTTP.
  {
    name: 'content type text/plain',
    sent: list({ headers: { 'content-type': 'text/plain' } }),
    status: 415,
    code: -32000,
  },
  { name: 'no content type', sent: list({ headers: { 'content-type': undefined } }), status: 415, code: -32000 },
  {
    name: 'a content type that only mentions JSON',
    sent: list({ headers: { 'content-type': 'text/plain; a=application/json' } }),
    status: 415,
    code: -32000,
  },
  {
    name: 'a body over the limit',
    sent: raw(`"${'x'.repeat(LIMIT - 1)}"`),
    status: 413,
    code: -32000,
    sdkDiffers: 'the limit is 1 MiB here and 4 MiB in the SDK, which finds a string that is no message',
  },
  { name: 'a body over both limits', sent: raw(`"${'x'.repeat(4 * LIMIT)}"`), status: 413, code: -32000 },
  {
    name: 'a body over the limit in bytes, not in characters',
    sent: raw(`"${'é'.repeat(LIMIT / 2)}"`),
    status: 413,
    code: -32000,
    sdkDiffers: 'as above',
  },
  ...['GET', 'DELETE', 'PUT', 'OPTIONS'].map((method) => ({
    name: method,
    sent: { ...list(), method },
    status: 405,
    code: -32000,
  })),
  {
    name: 'an Origin that is not allowed',
    sent: list({ headers: { origin: 'https://evil.example' } }),
    status: 403,
    code: -32000,
    sdkDiffers: 'the SDK leaves origins to a middleware of its own',
  },
  {
    name: 'the Origin null',
    sent: list({ headers: { origin: 'null' } }),
    status: 403,
    code: -32000,
    sdkDiffers: 'as above',
  },
];
