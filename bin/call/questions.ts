/** Answers a server's questions: from `--answer`, or from the person at the terminal. */
import type {
  ApplicationElicitResult,
  ApplicationInputRequest,
  ApplicationInputResult,
  ResolvedInputExchangeContext,
} from '@modelcontextprotocol/ext-tasks/client';
import type { GivenAnswers } from './arguments.ts';
import { type FieldValue, type FormField, InvalidFieldValue, parseFieldValue, parseFormSchema } from './form.ts';
import { InputEnded, type Terminal } from './terminal.ts';

/** A question cannot be answered; the message says why, and how to answer it without a terminal. */
export class CannotAnswer extends Error {
  override readonly name = 'CannotAnswer';
}

type ElicitParams = Readonly<Record<string, unknown>>;

/**
 * A handler of questions that answers from `givenAnswers`, then from the terminal. A question that neither can answer
 * is left unanswered, and `giveUp` is called, which has to end the task.
 */
export function createInputHandler(
  givenAnswers: GivenAnswers,
  terminal: Terminal,
  giveUp: (reason: CannotAnswer) => void,
) {
  return async <R extends ApplicationInputRequest>(
    request: R,
    context: ResolvedInputExchangeContext,
  ): Promise<ApplicationInputResult<R>> => {
    try {
      if (request.kind !== 'elicitation')
        throw new CannotAnswer(`The server asks for ${request.kind}, which this client does not support.`);
      const { params } = request;
      const ask = params.mode === 'url' ? askUrl : askForm;
      return (await ask(params, givenAnswers, terminal, context.signal)) as ApplicationInputResult<R>;
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

/** The session takes a handler's error for a refusal, unless the exchange has been aborted by then. */
function waitForAbort(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The person typed a refusal of the whole question. */
class QuestionRefused extends Error {
  readonly action: 'decline' | 'cancel';
  constructor(action: 'decline' | 'cancel') {
    super(action);
    this.action = action;
  }
}

async function askUrl(
  params: ElicitParams,
  givenAnswers: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  terminal.printLine(`${params.message}\n  Open this URL: ${params.url}`);
  if (givenAnswers.whole) return { action: givenAnswers.whole };
  if (!terminal.interactive)
    throw new CannotAnswer('The server asks you to open a URL. Once done, call again with --answer accept.');
  const typed = (await terminal.ask('  Press Enter when done, or type "decline" or "cancel": ', signal))
    .trim()
    .toLowerCase();
  return { action: typed === 'decline' || typed === 'cancel' ? typed : 'accept' };
}

async function askForm(
  params: ElicitParams,
  givenAnswers: GivenAnswers,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<ApplicationElicitResult> {
  const fields = parseFormSchema(params.requestedSchema);
  terminal.printLine(String(params.message));
  if (givenAnswers.whole === 'decline' || givenAnswers.whole === 'cancel') return { action: givenAnswers.whole };
  const content: Record<string, FieldValue> = {};
  const unanswered: FormField[] = [];
  for (const field of fields) {
    const text = givenAnswers.fields.get(field.name);
    if (text !== undefined) content[field.name] = parseGivenAnswer(field, text);
    else unanswered.push(field);
  }
  const answeredInPart = givenAnswers.whole === 'accept' || unanswered.length < fields.length;
  if (terminal.interactive && !(answeredInPart && unanswered.every(canOmitField))) {
    const action = await askFields(unanswered, content, fields.length === 0, terminal, signal);
    if (action) return { action };
  } else {
    const missing = unanswered.filter((field) => !(answeredInPart && canOmitField(field)));
    if (missing.length > 0 || !answeredInPart) throw new CannotAnswer(describeMissingAnswers(missing));
    for (const field of unanswered) if (field.default !== undefined) content[field.name] = field.default;
  }
  return { action: 'accept', content };
}

const canOmitField = (field: FormField) => !field.required || field.default !== undefined;

/** @throws CannotAnswer */
function parseGivenAnswer(field: FormField, text: string): FieldValue {
  try {
    return parseFieldValue(field, text);
  } catch (error) {
    throw new CannotAnswer(`--answer ${field.name}=${text} does not fit. ${(error as Error).message}`);
  }
}

/** Ask for each field and put its value into `content`. Returns how the person refused the whole form, if they did. */
async function askFields(
  fields: readonly FormField[],
  content: Record<string, FieldValue>,
  formIsEmpty: boolean,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<'decline' | 'cancel' | undefined> {
  try {
    terminal.printLine('  (type /decline or /cancel instead of an answer to refuse the question)');
    if (formIsEmpty) checkRefusal(await terminal.ask('  Press Enter to accept: ', signal));
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

/** @throws QuestionRefused */
function checkRefusal(typed: string): void {
  const command = typed.trim().toLowerCase();
  if (command === '/decline') throw new QuestionRefused('decline');
  if (command === '/cancel') throw new QuestionRefused('cancel');
}

/** What the field accepts, in brackets. */
function formatFieldHint(field: FormField): string {
  const kinds = { boolean: 'yes/no', choice: 'one', choices: 'several, comma-separated', string: field.format ?? '' };
  const kind = kinds[field.kind as keyof typeof kinds] ?? field.kind;
  const fallback = field.default === undefined ? '' : `Enter for ${String(field.default)}`;
  const parts = [kind, fallback || (field.required ? '' : 'optional')].filter((part) => part !== '');
  return parts.length > 0 ? ` [${parts.join('; ')}]` : '';
}

function describeMissingAnswers(missing: readonly FormField[]): string {
  const options = missing.map((field) => {
    const values = field.choices.map(({ value }) => value).join('|');
    return `--answer ${field.name}=${values || field.kind.toUpperCase()}`;
  });
  const answers = options.length > 0 ? options.join(' ') : '--answer accept';
  return `The server asks a question, but there is no terminal to answer it at. Call again with: ${answers}`;
}
