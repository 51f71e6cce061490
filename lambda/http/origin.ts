/** Which web pages may call: the defence against DNS rebinding (MCP, Streamable HTTP, Security). */
import { CODE, Refusal } from '../mcp/failure.ts';

/**
 * A request without an `Origin` does not come from a web page and passes. Otherwise its origin must be on the list; an
 * empty list admits no page.
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
  throw new Refusal(403, CODE.transport, 'This Origin is not allowed to call the server.');
}
