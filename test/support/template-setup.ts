/** Synthesizes the stack once for a whole test run: local stacks then start in less than half the time. */
import type { TestProject } from 'vitest/node';
import { synthesizeTemplate } from '../../lib/local/synthesize.ts';
import type { CfnTemplate } from '../../lib/local/wiring.ts';
import { FIXTURE_SERVER } from './template.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    template: CfnTemplate;
  }
}

export default function setupTemplate(project: TestProject): void {
  project.provide('template', synthesizeTemplate({ entry: FIXTURE_SERVER, streaming: true, bundle: false }));
}
