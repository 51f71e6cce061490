/** Answers to what a server asks: from `--answer`, from the person at the terminal, or from nobody. */
import type {
  ApplicationElicitResult,
  ApplicationInputRequest,
  ApplicationInputResult,
  ResolvedInputExchangeContext,
} from '@modelcontextprotocol/ext-tasks/client';
import type { GivenAnswers } from './arguments.ts';
import { type FieldValue, type FormField, InvalidFieldValue, parseFieldValue, parseFormSchema } from './form.ts';
import { InputEnded, type Terminal } from './terminal.ts';

/** Nobody can answer; the message says what was asked, and how to answer it without a terminal. */
export class CannotAnswer extends Error {
  override readonly name = 'NobodyCanAnswer';
}

type ElicitParams = Readonly<Record<string, unknown>>;

/**
 * A handler of questions that answers from `given`, then from the terminal. A question that nobody can answer
 * is not answered at all: `giveUp` is told, and ends the task.
 */
export function createInputHandler(given: GivenAnswers, terminal: Terminal, giveUp: (reason: CannotAnswer) => void) {
  return async <R extends ApplicationInputRequest>(
    request: R,
    context: ResolvedInputExchangeContext,
  ): Promise<ApplicationInputResult<R>> => {
    try {
      if (request.kind !== 'elicitation')
        throw new CannotAnswer(`The server asks for ${request.kind}, which this client did not offer.`);
      const { params } = request;
      const answer = params.mode === 'url' ? askUrl : askForm;
      return (await answer(params, given, terminal, context.signal)) as ApplicationInputResult<R>;
    } catch (error) {
      if (error instanceof InputEnded) return { action: 'cancel' } as ApplicationInputResult<R>;
      if (error instanceof CannotAnswer) {
        giveUp(error);
        await waitForAbort(context.signal);
      }
      throw error;
    }
  };
}

/** The session reads a handler's error as a refusal, unless the exchange is over by then. */
function waitForAbort(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What was typed refuses the whole question. */
class QuestionRefused extends Error {
  readonly action: 'decline' | 'cancel';
  constructor(action: 'decline' | 'cancel') {
    super(action);
    this.action = action;
  }
}

async function askUrl(
  params: ElicitParams,
  given: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  terminal.printLine(`${params.message}\n  Open this address: ${params.url}`);
  if (given.whole) return { action: given.whole };
  if (!terminal.interactive)
    throw new CannotAnswer('The server asks you to open an address. Once done, call again with --answer accept.');
  const typed = (await terminal.ask('  Enter when done, "decline" or "cancel": ', signal)).trim().toLowerCase();
  return { action: typed === 'decline' || typed === 'cancel' ? typed : 'accept' };
}

async function askForm(
  params: ElicitParams,
  given: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  const fields = parseFormSchema(params.requestedSchema);
  terminal.printLine(String(params.message));
  if (given.whole === 'decline' || given.whole === 'cancel') return { action: given.whole };
  const content: Record<string, FieldValue> = {};
  const open: FormField[] = [];
  for (const field of fields) {
    const typed = given.fields.get(field.name);
    if (typed !== undefined) content[field.name] = parseGivenAnswer(field, typed);
    else open.push(field);
  }
  const begun = given.whole === 'accept' || open.length < fields.length;
  if (terminal.interactive && !(begun && open.every(canOmitField))) {
    const action = await askFields(open, content, fields.length === 0, terminal, signal);
    if (action) return { action };
  } else {
    const missing = open.filter((field) => !(begun && canOmitField(field)));
    if (missing.length > 0 || !begun) throw new CannotAnswer(describeMissingAnswers(missing));
    for (const field of open) if (field.default !== undefined) content[field.name] = field.default;
  }
  return { action: 'accept', content };
}

const canOmitField = (field: FormField) => !field.required || field.default !== undefined;

function parseGivenAnswer(field: FormField, typed: string): FieldValue {
  try {
    return parseFieldValue(field, typed);
  } catch (error) {
    throw new CannotAnswer(`--answer ${field.name}=${typed} does not fit: ${(error as Error).message}`);
  }
}

/** Ask for each field; what refuses the whole form is returned. */
async function askFields(
  fields: readonly FormField[],
  content: Record<string, FieldValue>,
  empty: boolean,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<'decline' | 'cancel' | undefined> {
  try {
    terminal.printLine('  (/decline or /cancel instead of an answer refuses the question)');
    if (empty) checkRefusal(await terminal.ask('  Enter to accept: ', signal));
    for (const field of fields) {
      const value = await askField(field, terminal, signal);
      if (value !== undefined) content[field.name] = value;
    }
    return undefined;
  } catch (error) {
    if (error instanceof QuestionRefused) return error.action;
    throw error;
  }
}

async function askField(
  field: FormField,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<FieldValue | undefined> {
  if (field.description) terminal.printLine(`  ${field.description}`);
  for (const [index, { value, title }] of field.choices.entries())
    terminal.printLine(`    ${index + 1}) ${title}${title === value ? '' : ` (${value})`}`);
  for (;;) {
    const typed = await terminal.ask(`  ${field.title ?? field.name}${formatFieldHint(field)}: `, signal);
    checkRefusal(typed);
    if (typed === '' && field.default !== undefined) return field.default;
    if (typed === '' && !field.required) return undefined;
    try {
      if (typed === '' && field.kind !== 'string') throw new InvalidFieldValue('An answer is required.');
      return parseFieldValue(field, typed, true);
    } catch (error) {
      if (!(error instanceof InvalidFieldValue)) throw error;
      terminal.printLine(`  ${error.message}`);
    }
  }
}

function checkRefusal(typed: string): void {
  const command = typed.trim().toLowerCase();
  if (command === '/decline') throw new QuestionRefused('decline');
  if (command === '/cancel') throw new QuestionRefused('cancel');
}

/** What the field takes, in brackets. */
function formatFieldHint(field: FormField): string {
  const kinds = { boolean: 'yes/no', choice: 'one', choices: 'several, with commas', string: field.format ?? '' };
  const kind = kinds[field.kind as keyof typeof kinds] ?? field.kind;
  const fallback = field.default === undefined ? '' : `Enter for ${String(field.default)}`;
  const parts = [kind, fallback || (field.required ? '' : 'optional')].filter((part) => part !== '');
  return parts.length > 0 ? ` [${parts.join('; ')}]` : '';
}

function describeMissingAnswers(missing: readonly FormField[]): string {
  const how = missing.map((field) => {
    const values = field.choices.map(({ value }) => value).join('|');
    return `--answer ${field.name}=${values || field.kind.toUpperCase()}`;
  });
  const answers = how.length > 0 ? how.join(' ') : '--answer accept';
  return `The server asks a question, and there is no terminal to ask it at. Call again with: ${answers}`;
}
