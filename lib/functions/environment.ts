/** The variables with which the functions find their parts, and the tools what belongs to them. */
import { posix, resolve } from 'node:path';
import type { ToolsProps } from '../props/tools.ts';

/** Where Lambda unpacks a function's code. */
const TASK_ROOT = '/var/task';

/**
 * What the tools may read: the user's variables, and for each asset where its copy is.
 *
 * @param deployed whether the assets are copies in Lambda, or still where they come from on this machine
 */
export function buildToolEnvironment(props: ToolsProps, deployed: boolean): Record<string, string> {
  const environment: Record<string, string> = { ...props.environment };
  for (const { from, to, variable } of props.assets ?? [])
    if (variable !== undefined) environment[variable] = deployed ? posix.join(TASK_ROOT, to) : resolve(from);
  return environment;
}
