/** Identity: the prop and its check. */
import { McpAuth } from '../auth/mcp-auth.ts';

/** Who may call, and whose tasks are whose. */
export interface IdentityProps {
  /**
   * `McpAuth.jwt(…)`, `McpAuth.cognito(…)`, `McpAuth.iam()` or `McpAuth.none()`. Required: no choice suits everyone.
   * It determines the owner of a task, so changing it hides the tasks that were created before.
   */
  readonly auth: McpAuth;
}

/** An app written in JavaScript can leave out what the type requires. */
export function* findIdentityProblems({ auth }: IdentityProps): Iterable<string> {
  if (!(auth instanceof McpAuth))
    yield 'Say who may call: "auth" must be McpAuth.jwt(…), McpAuth.cognito(…), McpAuth.iam() or McpAuth.none().';
}
