/** Requests that are wrong at the HTTP level. */
import { type BadInput, BODY_LIMIT_BYTES, buildListRequest, buildRawRequest } from './case.ts';

export const BAD_HTTP_REQUESTS: readonly BadInput[] = [
  // HTTP.
  {
    name: 'content type text/plain',
    sent: buildListRequest({ headers: { 'content-type': 'text/plain' } }),
    status: 415,
    code: -32000,
  },
  {
    name: 'no content type',
    sent: buildListRequest({ headers: { 'content-type': undefined } }),
    status: 415,
    code: -32000,
  },
  {
    name: 'a content type that only mentions JSON',
    sent: buildListRequest({ headers: { 'content-type': 'text/plain; a=application/json' } }),
    status: 415,
    code: -32000,
  },
  {
    name: 'a body over the limit',
    sent: buildRawRequest(`"${'x'.repeat(BODY_LIMIT_BYTES - 1)}"`),
    status: 413,
    code: -32000,
    sdkDiffers: 'the limit is 1 MiB here and 4 MiB in the SDK, which finds a string that is not a message',
  },
  {
    name: 'a body over both limits',
    sent: buildRawRequest(`"${'x'.repeat(4 * BODY_LIMIT_BYTES)}"`),
    status: 413,
    code: -32000,
  },
  {
    name: 'a body over the limit in bytes, not in characters',
    sent: buildRawRequest(`"${'é'.repeat(BODY_LIMIT_BYTES / 2)}"`),
    status: 413,
    code: -32000,
    sdkDiffers: 'as above',
  },
  ...['GET', 'DELETE', 'PUT', 'OPTIONS'].map((method) => ({
    name: method,
    sent: { ...buildListRequest(), method },
    status: 405,
    code: -32000,
  })),
  {
    name: 'an Origin that is not allowed',
    sent: buildListRequest({ headers: { origin: 'https://evil.example' } }),
    status: 403,
    code: -32000,
    sdkDiffers: 'the SDK leaves origins to a separate middleware',
  },
  {
    name: 'the Origin null',
    sent: buildListRequest({ headers: { origin: 'null' } }),
    status: 403,
    code: -32000,
    sdkDiffers: 'as above',
  },
];
