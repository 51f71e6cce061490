/**
 * `mcp-tasks-aws/testing`: what a test of tools imports. It loads no test runner, so it works under `node:test`, Vitest
 * and Jest alike.
 *
 * @module
 */

export { runTool } from './tool/testing/run-tool.ts';
export type { RunToolOptions, TestAnswer, ToolRunReport } from './tool/testing/types.ts';
