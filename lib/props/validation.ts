/** Settings that contradict each other, refused while the app is synthesized. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Token } from 'aws-cdk-lib/core';
import { WIRING_VARIABLES } from '../../lambda/variables.ts';
import { McpAuth } from '../auth/mcp-auth.ts';
import { findMonitoringProblems } from './monitoring-checks.ts';
import { findRequestProblems } from './request-limits.ts';
import type { Settings } from './settings.ts';

/**
 * @throws Error with every problem that there is, each with what to do about it
 */
export function checkSettings(settings: Settings): void {
  requireNoProblems(
    [
      findAuthProblems,
      findFileProblems,
      findVariableProblems,
      findTimingProblems,
      findRangeProblems,
      findOriginProblems,
      findRequestProblems,
      findMonitoringProblems,
    ].flatMap((problems) => [...problems(settings)]),
  );
}

export function requireNoProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`McpTasksServer: ${problems.join(' ')}`);
}

function* findAuthProblems({ auth, allowedOrigins }: Settings): Iterable<string> {
  if (!(auth instanceof McpAuth))
    yield 'Say who may call: "auth" is McpAuth.jwt(…), McpAuth.cognito(…), McpAuth.iam() or McpAuth.none().';
  else if (auth.kind === 'iam' && allowedOrigins.length > 0)
    yield 'allowedOrigins are of no use with McpAuth.iam(): browsers do not sign the requests with which they ask first.';
}

function* findFileProblems({ entry, assets }: Settings): Iterable<string> {
  if (!existsSync(entry)) yield `There is no server module at ${resolve(entry)}: correct "entry".`;
  for (const { from } of assets)
    if (!existsSync(from)) yield `There is no asset at ${resolve(from)}: correct "assets".`;
}

function* findVariableProblems({ environment, assets }: Settings): Iterable<string> {
  const names = [...Object.keys(environment), ...assets.flatMap(({ variable }) => variable ?? [])];
  for (const name of names)
    if ((WIRING_VARIABLES as readonly string[]).includes(name))
      yield `The variable ${name} is set by the construct itself: give the tools' variable another name.`;
}

function* findTimingProblems(settings: Settings): Iterable<string> {
  const timeoutMs = settings.workerTimeout.toMilliseconds();
  const leaseMs = settings.lease.toMilliseconds();
  const heartbeatMs = settings.heartbeat.toMilliseconds();
  if (timeoutMs > 900_000) yield `workerTimeout is ${timeoutMs / 1000} s: Lambda allows 900 s at most.`;
  if (leaseMs * 1.5 > timeoutMs)
    yield `A lease of ${leaseMs / 1000} s does not fit a worker that is ended after ${timeoutMs / 1000} s: shorten "lease" or raise "workerTimeout".`;
  if (heartbeatMs * 3 > leaseMs)
    yield `A heartbeat of ${heartbeatMs / 1000} s is too slow for a lease of ${leaseMs / 1000} s: two may be lost, so the lease has to be three of them.`;
  if (heartbeatMs < 1000)
    yield `A heartbeat of ${heartbeatMs} ms costs more than it tells: at least Duration.seconds(1).`;
  const days = settings.payloadRetention.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1) yield 'payloadRetention has to be whole days, and at least one.';
}

function* findRangeProblems(settings: Settings): Iterable<string> {
  const bounds = {
    maxWorkers: [2, 1000],
    apiMemory: [128, 10_240],
    workerMemory: [128, 10_240],
    requestsPerSecond: [1, Number.POSITIVE_INFINITY],
    requestBurst: [1, Number.POSITIVE_INFINITY],
    maxOpenTasks: [0, Number.POSITIVE_INFINITY],
    ownerShards: [1, 100],
  } as const;
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = settings[name as keyof typeof bounds];
    if (!Token.isUnresolved(value) && !(value >= least && value <= most))
      yield `${name} is ${value}: it has to be ${most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`}.`;
  }
}

function* findOriginProblems({ allowedOrigins }: Settings): Iterable<string> {
  for (const origin of allowedOrigins)
    if (!Token.isUnresolved(origin) && !isOrigin(origin))
      yield `${JSON.stringify(origin)} is no origin: write scheme, host and port alone, as in "https://app.example".`;
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
