/** Synthesizes the stack once for a whole test run: stacks on one machine start in less than half the time with it. */
import type { TestProject } from 'vitest/node';
import { synthesizeTemplate } from '../../lib/local/synthesize.ts';
import type { Template } from '../../lib/local/wiring.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    template: Template;
  }
}

export default function setup(project: TestProject): void {
  project.provide('template', synthesizeTemplate({ streaming: true, bundle: false }) as Template);
}
