/** The operator's terminal: findings on stdout, everything else on stderr, and consent before a change. */
import { createInterface } from 'node:readline/promises';

/** The command was not carried out; the message says why, and what to do. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
}

export interface OperatorTerminal {
  /** Print a finding. */
  print(text: string): void;
  /** Print what is being done, and what it costs. */
  notify(text: string): void;
  /** Whether an operator can be asked. */
  readonly interactive: boolean;
  /** @returns whether the answer is yes; no is the default */
  ask(question: string): Promise<boolean>;
}

export const operatorTerminal: OperatorTerminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  notify: (text) => void process.stderr.write(`${text}\n`),
  interactive: process.stdin.isTTY === true,
  ask: async (question) => {
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
    } finally {
      prompt.close();
    }
  },
};

/** Ask before a change, unless `yes`. @throws NotDone when the answer is no, or when there is no terminal to ask at */
export async function requireConsent(terminal: OperatorTerminal, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!terminal.interactive)
    throw new NotDone('Nothing was done: there is no terminal to ask at. Use --yes to go ahead without being asked.');
  if (!(await terminal.ask(question))) throw new NotDone('Nothing was done.');
}
