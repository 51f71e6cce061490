/** Codes of the JSON-RPC errors that a task can end with (JSON-RPC 2.0, 5.1). */
export const RPC_CODE = { invalidParams: -32602, internalError: -32603 } as const;
