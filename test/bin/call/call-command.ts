/** `npm run call` as a child process, without a terminal and without input. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CALL_COMMAND_PATH = fileURLToPath(new URL('../../../bin/call.ts', import.meta.url));

export interface CallCommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCall {
  readonly child: ChildProcess;
  readonly ended: Promise<CallCommandResult>;
  /** Resolves with the first match on stderr; rejects when the command ends without one. */
  waitForOutput(pattern: RegExp): Promise<string>;
}

export function spawnCallCommand(args: readonly string[]): RunningCall {
  const child = spawn(process.execPath, [CALL_COMMAND_PATH, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    for (const check of watchers) check();
  });
  const ended = once(child, 'close').then(([status]) => ({ status, stdout, stderr }));
  const waitForOutput = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        const found = pattern.exec(stderr)?.[0];
        if (found !== undefined) resolve(found);
      };
      watchers.add(check);
      check();
      ended.then(() => reject(new Error(`It ended without ${pattern}: ${stderr}`)));
    });
  return { child, ended, waitForOutput };
}

export const runCallInChild = (...args: string[]): Promise<CallCommandResult> => spawnCallCommand(args).ended;
