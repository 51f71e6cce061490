/**
 * `TaskContext`: what a tool's handler gets next to its arguments.
 *
 * One rule holds for all of it. A task may run several times, in several processes, always from the top: after a wait,
 * after a crash, and when a function runs out of time. `task` replays what was recorded; **code outside steps runs
 * again and must do the same each time.**
 */
import type {
  CreateMessageRequestParams,
  CreateMessageResult,
  StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import type { ElicitAnswer, FormContent, Infer, Json } from './values.ts';

/**
 * When a failed step is tried again. Waits double up to `maxMs`, are jittered, and hold no worker.
 *
 * @example
 * ```ts
 * const retry: RetryOptions = { retries: 5, baseMs: 2_000, maxMs: 600_000 };
 * await task.step('notify', () => fetch('https://example.com/hook', { method: 'POST' }).then(({ ok }) => ok), { retry });
 * ```
 */
export interface RetryOptions {
  /** Attempts after the first. */
  readonly retries: number;
  /** Longest first wait (ms). Default 1,000. */
  readonly baseMs?: number;
  /** Longest wait of all (ms). Default 60,000. */
  readonly maxMs?: number;
}

/**
 * What the work of a step gets.
 *
 * @example
 * ```ts
 * const charge = async ({ key, signal }: StepContext): Promise<string> => {
 *   const headers = { 'idempotency-key': key };
 *   const response = await fetch('https://pay.example.com/charges', { method: 'POST', headers, signal });
 *   return response.text();
 * };
 * const receipt = await task.step('charge', charge);
 * ```
 */
export interface StepContext {
  /** Task id, step name and occurrence: the same on every attempt and every run. Use it as an idempotency key. */
  readonly key: string;
  /** Aborts as `task.signal` does. */
  readonly signal: AbortSignal;
}

/**
 * A wait for an outside system: a promise, and the token that ends it. The wait begins when it is awaited.
 *
 * @example
 * ```ts
 * const approval: ExternalWait<{ by: string }> = task.waitFor('approval');
 * await task.step('send the token', () => fetch(`https://example.com/approve?token=${approval.token}`).then(() => {}));
 * const { by } = await approval;
 * ```
 */
export interface ExternalWait<T> extends PromiseLike<T> {
  /** Opaque. Anyone who has it and may invoke the external function can end the wait. */
  readonly token: string;
}

/**
 * What a tool gets next to its arguments.
 *
 * @example
 * ```ts
 * // Parts of a handler can be separate functions.
 * const confirm = async (task: TaskContext, question: string): Promise<boolean> => {
 *   const requestedSchema = z.object({ sure: z.boolean() });
 *   const answer = await task.elicit('confirm', { message: question, requestedSchema });
 *   return answer.action === 'accept' && answer.content.sure;
 * };
 * if (!(await confirm(task, 'Delete 3 files?'))) return toolError('Nothing was deleted.');
 * ```
 */
export interface TaskContext {
  /** The task's id. A call that runs inline has an id as well, the same over all its round trips. */
  readonly id: string;

  /** Whether this call is a task (and so may wait for hours) or runs inline within the gateway's time limit. */
  readonly isTask: boolean;

  /** Aborts with a typed reason: `TaskCancelled`, `Parked`, `HandedOver`, `LeaseLost`, `TimeBudgetSpent`. */
  readonly signal: AbortSignal;

  /**
   * Do something once: at least once until its value is recorded, and never after. The value is what JSON makes of it,
   * on the first run as on every later one.
   *
   * Whatever has an effect or can differ from run to run (time, random numbers, what other systems say) belongs in a
   * step. Inside one, start no wait and no other step.
   *
   * @param name 1 to 128 characters, without `#`; may repeat, except for steps that run at the same time
   * @param work may run again if the process dies before its value is recorded: pass `key` on where that matters
   * @throws what `work` threw after its last attempt, as `StepError`; a `ProtocolError` stays one
   *
   * @example
   * ```ts
   * // WRONG: outside a step, so after the night the tool orders again, under another number.
   * const order = crypto.randomUUID();
   * await fetch('https://shop.example.com/orders', { method: 'POST', body: order });
   * await task.sleep('until tomorrow', 86_400_000);
   *
   * // RIGHT: recorded once. Later runs get the number back and order nothing.
   * const ordered = await task.step('order', async ({ key }) => {
   *   const number = crypto.randomUUID();
   *   const headers = { 'idempotency-key': key };
   *   await fetch('https://shop.example.com/orders', { method: 'POST', headers, body: number });
   *   return number;
   * });
   * await task.sleep('until delivery', 86_400_000);
   * return { content: [{ type: 'text', text: `Delivered: ${ordered}` }] };
   * ```
   *
   * @example
   * ```ts
   * // WRONG: a Date is not JSON. The compiler refuses it.
   * // @ts-expect-error
   * const started = await task.step('started', () => new Date());
   *
   * // RIGHT: text or a number, made a Date again outside.
   * const startedAt = new Date(await task.step('started at', () => Date.now()));
   * ```
   *
   * @example
   * ```ts
   * // WRONG: the step waits for the answer, and the task for the end of the step. Neither comes.
   * await task.step('pause inside', async () => {
   *   await task.sleep('one minute', 60_000);
   * });
   *
   * // RIGHT: waits between steps.
   * await task.step('before', () => fetch('https://example.com/begin').then(({ ok }) => ok));
   * await task.sleep('a minute', 60_000);
   * await task.step('after', () => fetch('https://example.com/end').then(({ ok }) => ok));
   * ```
   */
  step<T>(
    name: string,
    work: (step: StepContext) => (T & Json<T>) | Promise<T & Json<T>>,
    options?: { readonly retry?: number | RetryOptions },
  ): Promise<T>;

  /**
   * Ask the user to fill in a form. The task parks until the answer is there; an answer that does not fit is asked
   * for again, three times in all.
   *
   * @param name of the question, which clients see as its key: 1 to 128 characters, without `#`
   * @throws InputNotSupported when the client did not declare form elicitation
   * @throws InvalidAnswer when three answers did not fit
   *
   * @example
   * ```ts
   * const question = { message: 'How many copies?', requestedSchema: z.object({ copies: z.number().int().min(1) }) };
   *
   * // WRONG: a user may decline, and then there is no content. The compiler refuses it.
   * const unchecked = await task.elicit('copies', question);
   * // @ts-expect-error
   * const copies: number = unchecked.content.copies;
   *
   * // RIGHT: look at the action first.
   * const answer = await task.elicit('number of copies', question);
   * if (answer.action !== 'accept') return toolError(`Nothing was printed (${answer.action}).`);
   * await task.step('print', () => fetch(`https://example.com/print/${answer.content.copies}`).then(({ ok }) => ok));
   * ```
   *
   * @example
   * ```ts
   * const requestedSchema = z.object({ city: z.string() });
   *
   * // WRONG: a wait does not settle in the run that parks, so `finally` does not run then.
   * const connection = new AbortController();
   * try {
   *   await task.elicit('start', { message: 'From where?', requestedSchema });
   * } finally {
   *   connection.abort();
   * }
   *
   * // RIGHT: deferred work runs at the end of every run. Questions asked together arrive together.
   * const request = new AbortController();
   * task.defer(() => request.abort());
   * const [from, to] = await Promise.all([
   *   task.elicit('from', { message: 'From where?', requestedSchema }),
   *   task.elicit('to', { message: 'Where to?', requestedSchema }),
   * ]);
   * ```
   */
  elicit<S extends StandardSchemaWithJSON<unknown, FormContent>>(
    name: string,
    question: {
      readonly message: string;
      readonly requestedSchema: S;
      /** After this (ms) the answer is `timeout`. Default: the task's lifetime. */
      readonly timeoutMs?: number;
    },
  ): Promise<ElicitAnswer<Infer<S>>>;

  /**
   * Ask the user to visit a URL, for what must not pass through the client: credentials, payments.
   *
   * @throws InputNotSupported when the client did not declare URL elicitation
   *
   * @example
   * ```ts
   * const { action } = await task.elicitUrl('sign in', {
   *   message: 'Sign in to the archive.',
   *   url: 'https://archive.example.com/login',
   *   timeoutMs: 600_000,
   * });
   * if (action !== 'accept') return toolError('The archive needs your sign-in.');
   * ```
   */
  elicitUrl(
    name: string,
    question: { readonly message: string; readonly url: string; readonly timeoutMs?: number },
  ): Promise<{ readonly action: 'accept' | 'decline' | 'cancel' | 'timeout' }>;

  /**
   * Ask the client's model.
   *
   * @deprecated by MCP 2026-07-28 (SEP-2577), which keeps it for at least a year
   * @throws InputNotSupported when the client did not declare sampling
   *
   * @example
   * ```ts
   * const { content } = await task.sample('summary', {
   *   messages: [{ role: 'user', content: { type: 'text', text: 'Summarize: …' } }],
   *   maxTokens: 200,
   * });
   * ```
   */
  sample(
    name: string,
    request: CreateMessageRequestParams & { readonly timeoutMs?: number },
  ): Promise<CreateMessageResult>;

  /**
   * Wait without holding a worker. The end of the wait is fixed when it first begins.
   *
   * @param durationMs at most the rest of the task's lifetime
   *
   * @example
   * ```ts
   * // WRONG: holds the worker for an hour, longer than a function may run, and starts again in every run.
   * await new Promise((resolve) => setTimeout(resolve, 3_600_000));
   *
   * // RIGHT: no worker runs meanwhile.
   * await task.sleep('one hour', 3_600_000);
   * ```
   *
   * @example
   * ```ts
   * // WRONG: a later run reads another time, leaves the loop sooner, and does not reach what was recorded.
   * const until = Date.parse('2027-01-01');
   * while (Date.now() < until) await task.sleep('poll', 600_000);
   *
   * // RIGHT: what decides is recorded.
   * const isReady = () => task.step('is it ready', async () => (await fetch('https://example.com/job')).ok);
   * while (!(await isReady())) await task.sleep('before the next look', 600_000);
   * ```
   */
  sleep(name: string, durationMs: number): Promise<void>;

  /**
   * Wait for an outside system (Step Functions, Batch, a person) without holding a worker. Hand `token` to it in a
   * step; it ends the wait with `complete` or `fail`, which may come before the wait is awaited.
   *
   * @throws WaitTimedOut after `timeoutMs`
   * @throws StepError with the name and message with which the outside system failed the wait
   * @throws ProtocolError in a call that runs inline, which cannot wait that long
   *
   * @example
   * ```ts
   * const approve = 'https://example.com/approvals';
   *
   * // WRONG: outside a step, so every run asks for the approval again.
   * const asked = task.waitFor('approval', { timeoutMs: 86_400_000 });
   * await fetch(approve, { method: 'POST', body: asked.token });
   * await asked;
   *
   * // WRONG: waits for an answer to a token that was never sent.
   * await task.waitFor('second approval', { timeoutMs: 86_400_000 });
   *
   * // RIGHT: make the wait, hand its token over in a step, then await it.
   * const approval = task.waitFor<{ approved: boolean }>('final approval', { timeoutMs: 86_400_000 });
   * await task.step('ask for approval', () => fetch(approve, { method: 'POST', body: approval.token }).then(() => {}));
   * const { approved } = await approval;
   * ```
   */
  waitFor<T = unknown>(name: string, options?: { readonly timeoutMs?: number }): ExternalWait<T>;

  /**
   * Report how far the work is: a message, or numbers with an optional message. Written at most once a second, so it
   * is cheap to call in a loop.
   *
   * @example
   * ```ts
   * task.progress('Reading the file');
   * for (let row = 1; row <= 10_000; row += 1) task.progress(row, 10_000);
   * task.progress(10_000, 10_000, 'All rows read');
   * ```
   */
  progress(message: string): void;
  progress(done: number, total?: number, message?: string): void;

  /**
   * Run this when the run ends for any reason, a park among them: close what the tool has open. The last one deferred
   * runs first; all together may take 5 s.
   *
   * @example
   * ```ts
   * const timer = setInterval(() => task.progress('Still reading'), 1_000);
   * task.defer(() => clearInterval(timer));
   * ```
   */
  defer(cleanUp: () => void | Promise<void>): void;

  /**
   * Whether the client that made the call can be asked in this way.
   *
   * @example
   * ```ts
   * if (!task.can('elicitation')) return toolError('Pass "columns": your client cannot be asked for them.');
   * ```
   */
  can(what: 'elicitation' | 'elicitationUrl' | 'sampling' | 'roots'): boolean;
}

/**
 * What `prepare` may ask with, before a task exists. The questions are those of a task, answered in the round trips of
 * the call itself.
 *
 * @example
 * ```ts
 * const confirm = async (ask: Ask): Promise<boolean> =>
 *   !ask.can('elicitation') ||
 *   (await ask.elicit('sure', { message: 'Sure?', requestedSchema: z.object({}) })).action === 'accept';
 * ```
 */
export type Ask = Pick<TaskContext, 'elicit' | 'elicitUrl' | 'sample' | 'can'>;
