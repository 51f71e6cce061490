/** Results of test tools. */

export const toTextResult = (text: string) => ({ content: [{ type: 'text' as const, text }] });

/** The value as JSON. */
export const toJsonResult = (value: unknown) => toTextResult(JSON.stringify(value));
