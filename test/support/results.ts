/** Results of the tools of test servers. */

export const toTextBlock = (text: string) => ({ type: 'text' as const, text });

export const toTextResult = (text: string) => ({ content: [toTextBlock(text)] });

/** The value as JSON. */
export const toJsonResult = (value: unknown) => toTextResult(JSON.stringify(value));
