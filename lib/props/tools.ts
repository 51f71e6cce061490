/** The tools and what they need at run time: props, defaults and checks. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { WIRING_VARIABLES } from '../../lambda/variables.ts';

/** Which tools are served, and what they need at run time. */
export interface ToolsProps {
  /**
   * Path of the server module: the file whose default export is what `defineServer` returned. TypeScript or
   * JavaScript; relative to the directory in which the CDK app runs. It is bundled, loaded once while the app
   * is synthesized (a module that fails, or defines a tool twice, fails there), and again in each function that
   * needs the tools.
   */
  readonly entry: string;

  /**
   * Variables that the tools read from `process.env`, in the API and the worker function. Not for secrets: everyone
   * who may describe the function can read them. The construct's own names (`TABLE_NAME`, …) are refused.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;

  /**
   * Files that the tools read at run time and that no `import` names: copied next to the code of the API and
   * the worker function.
   *
   * @default - none
   */
  readonly assets?: readonly Asset[];
}

/** A file or folder that is deployed with the code. */
export interface Asset {
  /** The file or folder to copy, relative to the directory in which the CDK app runs. */
  readonly from: string;

  /** Where the copy goes, relative to the root of the deployed code (`/var/task`). */
  readonly to: string;

  /**
   * Which files of the folder are copied, by their path inside it.
   *
   * @default - all of them
   */
  readonly filter?: (path: string) => boolean;

  /**
   * The variable through which the tools find the copy: `/var/task/<to>` in Lambda, and the absolute path of
   * `from` where nothing is bundled, as on the local stack.
   *
   * @default - no variable
   */
  readonly variable?: string;
}

export const TOOLS_DEFAULTS = { environment: {}, assets: [] } satisfies Partial<ToolsProps>;

/** Files that do not exist, and variables that would change the wiring. */
export function* findToolsProblems({ entry, environment, assets }: Required<ToolsProps>): Iterable<string> {
  if (!existsSync(entry)) yield `There is no server module at ${resolve(entry)}: correct "entry".`;
  for (const { from } of assets)
    if (!existsSync(from)) yield `There is no asset at ${resolve(from)}: correct "assets".`;
  const names = [...Object.keys(environment), ...assets.flatMap(({ variable }) => variable ?? [])];
  for (const name of names)
    if (WIRING_VARIABLES.includes(name))
      yield `The variable ${name} is set by the construct itself: give the tools' variable another name.`;
}
