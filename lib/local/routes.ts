/** Finds the route of an HTTP API that a request takes. */

export interface RouteMatch {
  readonly routeKey: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
}

/**
 * Chooses as API Gateway does: a full match before a greedy one (`{name+}`) before `$default`, and among equals a named
 * method before `ANY`.
 */
export function matchRoute(routeKeys: readonly string[], method: string, path: string): RouteMatch | undefined {
  let best: (RouteMatch & { readonly rank: number }) | undefined;
  for (const routeKey of routeKeys) {
    const match = matchRouteKey(routeKey, method, path);
    if (match && match.rank > (best?.rank ?? -1)) best = match;
  }
  if (!best) return undefined;
  const { rank: _, ...match } = best;
  return match;
}

function matchRouteKey(
  routeKey: string,
  method: string,
  path: string,
): (RouteMatch & { readonly rank: number }) | undefined {
  if (routeKey === '$default') return { routeKey, rank: 0 };
  const [routeMethod = '', template = ''] = routeKey.split(' ');
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined;
  const parameters: Record<string, string> = {};
  const expected = template.split('/');
  const actual = path.split('/');
  const greedy = expected.at(-1)?.endsWith('+}') ?? false;
  if (greedy ? actual.length < expected.length : actual.length !== expected.length) return undefined;
  for (const [i, part] of expected.entries()) {
    const name = /^\{(\w+)(\+?)\}$/.exec(part);
    const value = name?.[2] ? actual.slice(i).join('/') : (actual[i] ?? '');
    if (name?.[1]) {
      if (value === '') return undefined;
      parameters[name[1]] = value;
    } else if (value !== part) return undefined;
  }
  return {
    routeKey,
    rank: (greedy ? 2 : 4) + (routeMethod === 'ANY' ? 0 : 1),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
  };
}
