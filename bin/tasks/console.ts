/** The terminal: what was found on stdout, the rest on stderr, and questions to whoever sits there. */
import { createInterface } from 'node:readline/promises';
import { NotDone } from './not-done.ts';

export interface OperatorTerminal {
  /** What was asked for. */
  print(text: string): void;
  /** What is being done, and what it costs. */
  notify(text: string): void;
  /** Whether somebody sits there to be asked. */
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

/** Ask before a change. @throws NotDone for no, and where nobody can be asked */
export async function requireConsent(terminal: OperatorTerminal, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (!terminal.interactive)
    throw new NotDone('Nothing was done: there is nobody to ask. --yes does it without asking.');
  if (!(await terminal.ask(question))) throw new NotDone('Nothing was done.');
}
