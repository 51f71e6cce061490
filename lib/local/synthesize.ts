/** Synthesizes the stack's template in this process. */
import { rmSync } from 'node:fs';
import { App, type Stack } from 'aws-cdk-lib/core';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { McpAuth } from '../auth/mcp-auth.ts';
import { McpTasksStack } from '../mcp-tasks-stack.ts';
import type { McpTasksServerProps } from '../props/props.ts';
import type { CfnTemplate } from './wiring.ts';

export interface StackSynthesisOptions {
  /**
   * Whether the functions' code is bundled, for which the server module is loaded. Without it, only the code differs in
   * the template, and the variables of assets name their source on this machine.
   *
   * @default true
   */
  readonly bundle?: boolean;
}

export interface SynthesizeOptions extends StackSynthesisOptions, Omit<McpTasksServerProps, 'auth'> {
  /**
   * As in the construct's props, but with a default: anyone may call.
   *
   * @default McpAuth.none()
   */
  readonly auth?: McpAuth;
}

/**
 * Synthesizes a stack around one server.
 *
 * @param options the props of `McpTasksServer`
 * @returns the template that would be deployed
 */
export function synthesizeTemplate({ bundle, auth = McpAuth.none(), ...options }: SynthesizeOptions): CfnTemplate {
  const app = createSynthesisApp({ bundle });
  return synthesizeStack(app, new McpTasksStack(app, 'McpTasks', { server: { ...options, auth } }));
}

/** An app for {@link synthesizeStack}. */
export function createSynthesisApp({ bundle = true }: StackSynthesisOptions): App {
  return new App({ analyticsReporting: false, ...(!bundle && { context: { [BUNDLING_STACKS]: [] } }) });
}

/** @returns the template of a stack in an app of {@link createSynthesisApp} */
export function synthesizeStack(app: App, stack: Stack): CfnTemplate {
  const assembly = app.synth();
  try {
    return assembly.getStackArtifact(stack.artifactId).template;
  } finally {
    rmSync(assembly.directory, { recursive: true, force: true });
  }
}
