import type { HttpRequest } from '../mcp/request.ts';
import { getOwn, type RpcRequest } from '../mcp/rpc.ts';
import type { ServerModule } from '../tool/server-module.ts';
import type { Guard, Identity } from './guard.ts';

/** @throws Refusal 403 that names what is missing */
export async function requireToolScopes(
  { method, params }: RpcRequest,
  http: HttpRequest,
  { scopes: granted = [] }: Identity,
  { guard, server }: { readonly guard: Guard; readonly server: ServerModule },
): Promise<void> {
  const name = method === 'tools/call' ? getOwn(params, 'name') : undefined;
  if (typeof name !== 'string') return;
  const needed = (await server.load()).tools.get(name)?.scopes ?? [];
  if (!needed.every((scope) => granted.includes(scope))) throw guard.refuseScopes(http, needed);
}
