/** Synthesizes the stack's template in this process. */
import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { McpAuth } from '../auth/mcp-auth.ts';
import { McpTasksStack } from '../mcp-tasks-stack.ts';
import type { McpTasksServerProps } from '../props/props.ts';
import type { CfnTemplate } from './wiring.ts';

export interface SynthesizeOptions extends Partial<McpTasksServerProps> {
  /**
   * Whether the functions' code is bundled, for which the server module is loaded. Without it, only the code differs in
   * the template, and the variables of assets name their source on this machine.
   *
   * @default true
   */
  readonly bundle?: boolean;

  /**
   * As in the construct's props, but with a default: anyone may call.
   *
   * @default McpAuth.none()
   */
  readonly auth?: McpAuth;
}

/**
 * Synthesizes the stack and leaves no file behind.
 *
 * @param options the props of `McpTasksServer`; without `entry`, the example server
 * @returns the template that would be deployed
 */
export function synthesizeTemplate({
  bundle = true,
  entry,
  auth = McpAuth.none(),
  ...options
}: SynthesizeOptions = {}): CfnTemplate {
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
