/** Answers to what a server asks: from `--answer`, from the person at the terminal, or from nobody. */
import type {
  ApplicationElicitResult,
  ApplicationInputRequest,
  ApplicationInputResult,
  ResolvedInputExchangeContext,
} from '@modelcontextprotocol/ext-tasks/client';
import type { GivenAnswers } from './arguments.ts';
import { DoesNotFit, type Field, type FieldValue, fieldsOf, readValue } from './form.ts';
import { InputEnded, type Terminal } from './terminal.ts';

/** Nobody can answer; the message says what was asked, and how to answer it without a terminal. */
export class NobodyCanAnswer extends Error {
  override readonly name = 'NobodyCanAnswer';
}

type Params = Readonly<Record<string, unknown>>;

/**
 * A handler of questions that answers from `given`, then from the terminal. A question that nobody can answer
 * is not answered at all: `giveUp` is told, and ends the task.
 */
export function createAnswering(given: GivenAnswers, terminal: Terminal, giveUp: (reason: NobodyCanAnswer) => void) {
  return async <R extends ApplicationInputRequest>(
    request: R,
    context: ResolvedInputExchangeContext,
  ): Promise<ApplicationInputResult<R>> => {
    try {
      if (request.kind !== 'elicitation')
        throw new NobodyCanAnswer(`The server asks for ${request.kind}, which this client did not offer.`);
      const { params } = request;
      const answer = params.mode === 'url' ? askUrl : askForm;
      return (await answer(params, given, terminal, context.signal)) as ApplicationInputResult<R>;
    } catch (error) {
      if (error instanceof InputEnded) return { action: 'cancel' } as ApplicationInputResult<R>;
      if (error instanceof NobodyCanAnswer) {
        giveUp(error);
        await aborted(context.signal);
      }
      throw error;
    }
  };
}

/** The session reads a handler's error as a refusal, unless the exchange is over by then. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What was typed refuses the whole question. */
class Refused extends Error {
  readonly action: 'decline' | 'cancel';
  constructor(action: 'decline' | 'cancel') {
    super(action);
    this.action = action;
  }
}

async function askUrl(
  params: Params,
  given: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  terminal.line(`${params.message}\n  Open this address: ${params.url}`);
  if (given.whole) return { action: given.whole };
  if (!terminal.interactive)
    throw new NobodyCanAnswer('The server asks you to open an address. Once done, call again with --answer accept.');
  const typed = (await terminal.ask('  Enter when done, "decline" or "cancel": ', signal)).trim().toLowerCase();
  return { action: typed === 'decline' || typed === 'cancel' ? typed : 'accept' };
}

async function askForm(
  params: Params,
  given: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  const fields = fieldsOf(params.requestedSchema);
  terminal.line(String(params.message));
  if (given.whole === 'decline' || given.whole === 'cancel') return { action: given.whole };
  const content: Record<string, FieldValue> = {};
  const open: Field[] = [];
  for (const field of fields) {
    const typed = given.fields.get(field.name);
    if (typed !== undefined) content[field.name] = readGiven(field, typed);
    else open.push(field);
  }
  const begun = given.whole === 'accept' || open.length < fields.length;
  if (terminal.interactive && !(begun && open.every(canBeLeftOut))) {
    const action = await fillIn(open, content, fields.length === 0, terminal, signal);
    if (action) return { action };
  } else {
    const missing = open.filter((field) => !(begun && canBeLeftOut(field)));
    if (missing.length > 0 || !begun) throw new NobodyCanAnswer(unanswerable(missing));
    for (const field of open) if (field.default !== undefined) content[field.name] = field.default;
  }
  return { action: 'accept', content };
}

const canBeLeftOut = (field: Field) => !field.required || field.default !== undefined;

function readGiven(field: Field, typed: string): FieldValue {
  try {
    return readValue(field, typed);
  } catch (error) {
    throw new NobodyCanAnswer(`--answer ${field.name}=${typed} does not fit: ${(error as Error).message}`);
  }
}

/** Ask for each field; what refuses the whole form is returned. */
async function fillIn(
  fields: readonly Field[],
  content: Record<string, FieldValue>,
  empty: boolean,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<'decline' | 'cancel' | undefined> {
  try {
    terminal.line('  (/decline or /cancel instead of an answer refuses the question)');
    if (empty) refusal(await terminal.ask('  Enter to accept: ', signal));
    for (const field of fields) {
      const value = await askField(field, terminal, signal);
      if (value !== undefined) content[field.name] = value;
    }
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.action;
    throw error;
  }
}

async function askField(
  field: Field,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<FieldValue | undefined> {
  if (field.description) terminal.line(`  ${field.description}`);
  for (const [index, { value, title }] of field.choices.entries())
    terminal.line(`    ${index + 1}) ${title}${title === value ? '' : ` (${value})`}`);
  for (;;) {
    const typed = await terminal.ask(`  ${field.title ?? field.name}${hint(field)}: `, signal);
    refusal(typed);
    if (typed === '' && field.default !== undefined) return field.default;
    if (typed === '' && !field.required) return undefined;
    try {
      if (typed === '' && field.kind !== 'string') throw new DoesNotFit('An answer is required.');
      return readValue(field, typed, true);
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      terminal.line(`  ${error.message}`);
    }
  }
}

function refusal(typed: string): void {
  const command = typed.trim().toLowerCase();
  if (command === '/decline') throw new Refused('decline');
  if (command === '/cancel') throw new Refused('cancel');
}

/** What the field takes, in brackets. */
function hint(field: Field): string {
  const kinds = { boolean: 'yes/no', choice: 'one', choices: 'several, with commas', string: field.format ?? '' };
  const kind = kinds[field.kind as keyof typeof kinds] ?? field.kind;
  const fallback = field.default === undefined ? '' : `Enter for ${String(field.default)}`;
  const parts = [kind, fallback || (field.required ? '' : 'optional')].filter((part) => part !== '');
  return parts.length > 0 ? ` [${parts.join('; ')}]` : '';
}

function unanswerable(missing: readonly Field[]): string {
  const how = missing.map((field) => {
    const values = field.choices.map(({ value }) => value).join('|');
    return `--answer ${field.name}=${values || field.kind.toUpperCase()}`;
  });
  const answers = how.length > 0 ? how.join(' ') : '--answer accept';
  return `The server asks a question, and there is no terminal to ask it at. Call again with: ${answers}`;
}
