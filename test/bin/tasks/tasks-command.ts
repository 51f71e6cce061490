/** Runs `npm run tasks -- …` without npm, on a stack on this machine. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TASKS_COMMAND_PATH = fileURLToPath(new URL('../../../bin/tasks.ts', import.meta.url));

export interface TasksCommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without a terminal, so that it cannot ask. */
export const runTasksCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TasksCommandResult> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [TASKS_COMMAND_PATH, ...args],
      { env: { PATH: process.env.PATH ?? '', AWS_REGION: 'us-east-1', ...env }, encoding: 'utf8' },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
