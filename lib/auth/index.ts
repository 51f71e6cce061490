/** Who may call. */
export { McpAuth, type McpAuthKind } from './mcp-auth.ts';
export type { CognitoAuthOptions, JwtAuthOptions, TokenOptions } from './token-options.ts';
