/** Checks of the loaded server against the settings. */
import { Duration } from 'aws-cdk-lib/core';
import { requireNoProblems } from '../props/problems.ts';
import type { Settings } from '../props/settings.ts';
import type { LoadedServer } from './load-server.ts';

/**
 * A tool that demands scopes can never be called if callers have none.
 *
 * @throws Error that names the tools
 */
export function checkToolScopes({ auth }: Settings, server: LoadedServer): void {
  if (auth.takesTokens) return;
  requireNoProblems(
    server.tools
      .filter(({ scopes = [] }) => scopes.length > 0)
      .map(
        ({ name }) =>
          `The tool ${name} demands scopes, but with McpAuth.${auth.kind}() callers have none: choose McpAuth.jwt(…) or McpAuth.cognito(…), or remove its "scopes".`,
      ),
  );
}

/**
 * A payload must outlive every task that may still read it.
 *
 * @throws Error that names the tools whose tasks would lose theirs
 */
export function checkPayloadRetention({ payloadRetention, bucket }: Settings, server: LoadedServer): void {
  // The lifecycle rules of a bring-your-own bucket are not known here.
  if (bucket) return;
  const payloadRetentionMs = payloadRetention.toMilliseconds();
  requireNoProblems(
    server.tools
      .filter(({ lifetimeMs, retentionMs }) => lifetimeMs + retentionMs > payloadRetentionMs)
      .map(({ name, lifetimeMs, retentionMs }) => {
        const days = Math.ceil(Duration.millis(lifetimeMs + retentionMs).toDays({ integral: false }));
        return (
          `The tool ${name} keeps tasks longer than their payloads: raise payloadRetention to at least ` +
          `Duration.days(${days}), or lower the tool's lifetimeMs or retentionMs.`
        );
      }),
  );
}
