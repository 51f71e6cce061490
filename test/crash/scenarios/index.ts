/** Every scenario. */
import { ABANDONED_SCENARIOS } from './abandoned.ts';
import { CANCEL_SCENARIOS } from './cancelling.ts';
import { RUN_SCENARIOS } from './running.ts';
import type { CrashScenario } from './scenario.ts';
import { WAIT_SCENARIOS } from './waiting.ts';

export type { CrashScenario } from './scenario.ts';

export const SCENARIOS: readonly CrashScenario[] = [
  ...RUN_SCENARIOS,
  ...WAIT_SCENARIOS,
  ...CANCEL_SCENARIOS,
  ...ABANDONED_SCENARIOS,
];
