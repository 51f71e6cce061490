/** Checks of the loaded server against the construct's settings. */
import { Duration } from 'aws-cdk-lib/core';
import type { Settings } from '../props/settings.ts';
import { requireNoProblems } from '../props/validation.ts';
import type { LoadedServer } from './load-server.ts';

/**
 * A tool that demands scopes can never be called where callers have none.
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
          `The tool ${name} demands scopes, and with McpAuth.${auth.kind}() no caller has any: choose McpAuth.jwt(…) or McpAuth.cognito(…), or remove its "scopes".`,
      ),
  );
}

/**
 * A payload has to outlive every task that may still ask for it.
 *
 * @throws Error that names the tools whose tasks would lose theirs
 */
export function checkPayloadRetention({ payloadRetention, bucket }: Settings, server: LoadedServer): void {
  // How long a bucket of somebody's own keeps objects is not ours to know.
  if (bucket) return;
  const keptMs = payloadRetention.toMilliseconds();
  requireNoProblems(
    server.tools
      .filter(({ lifetimeMs, retentionMs }) => lifetimeMs + retentionMs > keptMs)
      .map(({ name, lifetimeMs, retentionMs }) => {
        const days = Math.ceil(Duration.millis(lifetimeMs + retentionMs).toDays({ integral: false }));
        return (
          `The tool ${name} keeps tasks longer than their payloads are kept: raise payloadRetention to at least ` +
          `Duration.days(${days}), or lower the tool's lifetimeMs or retentionMs.`
        );
      }),
  );
}
