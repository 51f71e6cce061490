/**
 * `mcp-tasks-aws/testing`: what a test of tools imports. It needs no test runner of its own, so it works under
 * `node:test`, Vitest and Jest alike.
 *
 * @module
 */

export { runTool } from './tool/testing/run-tool.ts';
export type { RunToolOptions, TestAnswer, ToolRunReport } from './tool/testing/types.ts';
