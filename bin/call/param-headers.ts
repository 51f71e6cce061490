/**
 * `Mcp-Param-*` headers repeat the arguments that a tool's schema marks with `x-mcp-header`, so that gateways can
 * route on them (MCP 2026-07-28, custom headers). The official client adds them only to calls that go through it.
 */

/** The headers of one call of a tool with this input schema. */
export function buildParamHeaders(inputSchema: unknown, args: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  const visit = (schema: unknown, value: unknown): void => {
    if (!isRecord(schema)) return;
    const name = schema['x-mcp-header'];
    const text = toParamText(value);
    if (typeof name === 'string' && text !== undefined) headers[`Mcp-Param-${name}`] = encodeHeaderValue(text);
    if (!isRecord(schema.properties) || !isRecord(value)) return;
    for (const [key, property] of Object.entries(schema.properties))
      if (Object.hasOwn(value, key)) visit(property, value[key]);
  };
  visit(inputSchema, args);
  return headers;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const toParamText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;

/** Text that an HTTP header cannot carry unchanged is sent as marked Base64. */
function encodeHeaderValue(text: string): string {
  const plain = /^[\t\x20-\x7e]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return plain ? text : `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}
