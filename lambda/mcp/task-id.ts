/** What a task id can look like. Anything else is no task, and the store need not be asked. */
export const isTaskId = (id: string): boolean => /^[A-Za-z0-9._~-]{1,128}$/.test(id);
