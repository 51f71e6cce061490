/** The dialects that this server speaks, in the order in which they may claim a request. */
import { dialect20251125 } from '../mcp/2025-11-25/index.ts';
import { dialect20260728 } from '../mcp/2026-07-28/index.ts';
import type { Dialect } from '../mcp/dialect.ts';

export const DIALECTS: readonly Dialect[] = [dialect20260728, dialect20251125];
