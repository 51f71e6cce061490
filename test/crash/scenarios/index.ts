import { ABANDONED } from './abandoned.ts';
import { CANCELLING } from './cancelling.ts';
import { RUNNING } from './running.ts';
import type { Scenario } from './scenario.ts';
import { WAITING } from './waiting.ts';

export type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [...RUNNING, ...WAITING, ...CANCELLING, ...ABANDONED];
