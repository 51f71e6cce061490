/** Which browsers' pages may call: the defence against DNS rebinding (MCP, Streamable HTTP, Security). */
import { CODE, Refusal } from '../mcp/failure.ts';

/**
 * A request without an `Origin` comes from no browser and passes. One with it must be on the list; an empty
 * list lets no browser in.
 *
 * @param allowed origins (`https://app.example.com`), host names on any scheme and port (`localhost`), or `*`
 * @throws Refusal 403
 */
export function checkOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (origin === undefined || origin === '' || allowed.includes('*')) return;
  const url = URL.parse(origin);
  if (
    url &&
    allowed.some((entry) => (entry.includes('://') ? URL.parse(entry)?.origin === url.origin : entry === url.hostname))
  )
    return;
  throw new Refusal(403, CODE.transport, 'This Origin may not call the server.');
}
