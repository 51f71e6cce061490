import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { McpAuth } from '../auth/mcp-auth.ts';
import { McpTasksStack } from '../mcp-tasks-stack.ts';
import type { McpTasksServerProps } from '../props/props.ts';

/** A CloudFormation template, as far as everybody needs to know. */
export interface SynthesizedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface SynthesizeOptions extends Partial<McpTasksServerProps> {
  /**
   * Whether the functions' code is bundled, for which the server module is loaded. Without it the template differs
   * in the code alone, and variables of assets name where those come from on this machine.
   *
   * @default true
   */
  readonly bundle?: boolean;

  /**
   * As in the construct's props, but here anybody may call unless somebody is named.
   *
   * @default McpAuth.none()
   */
  readonly auth?: McpAuth;
}

/**
 * Synthesize the stack in this process, leaving no file behind.
 *
 * @param options `entry` and what else `McpTasksServer` takes; without an entry, the example server
 * @returns the template that would be deployed
 */
export function synthesizeTemplate({
  bundle = true,
  entry,
  auth = McpAuth.none(),
  ...options
}: SynthesizeOptions = {}): SynthesizedTemplate {
  const app = new App({
    analyticsReporting: false,
    ...(!bundle && { context: { [BUNDLING_STACKS]: [] } }),
  });
  const stack = new McpTasksStack(
    app,
    'McpTasks',
    entry === undefined ? { exampleAuth: () => auth, exampleProps: options } : { server: { entry, auth, ...options } },
  );
  const assembly = app.synth();
  try {
    return assembly.getStackArtifact(stack.artifactId).template;
  } finally {
    rmSync(assembly.directory, { recursive: true, force: true });
  }
}
