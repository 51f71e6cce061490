/** `npm run call` as a child process, with neither terminal nor input. */
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
  /** Resolves with what matches as soon as it stands on stderr; rejects when the command ends without it. */
  waitForOutput(words: RegExp): Promise<string>;
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
    for (const look of watchers) look();
  });
  const ended = once(child, 'close').then(([status]) => ({ status, stdout, stderr }));
  const saw = (words: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = words.exec(stderr)?.[0];
        if (found !== undefined) resolve(found);
      };
      watchers.add(look);
      look();
      ended.then(() => reject(new Error(`It ended without ${words}: ${stderr}`)));
    });
  return { child, ended, waitForOutput: saw };
}

export const runCallInChild = (...args: string[]): Promise<CallCommandResult> => spawnCallCommand(args).ended;
