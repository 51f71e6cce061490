/** What a tool leaves running when its run is over: timers, child processes, servers that nobody will end. */

/** Kinds of resource that keep on working by themselves (sockets of kept-alive connections do not). */
const WORKING = new Set(['Timeout', 'ProcessWrap', 'TCPServerWrap', 'FSEventWrap', 'Worker', 'MessagePort']);

/** How many of each are active now. */
export function activeResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (WORKING.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** What is active beyond `before`, as text for a person; absent when nothing is. */
export function leftRunning(before: ReadonlyMap<string, number>): string | undefined {
  const more = [...activeResources()].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0);
    return extra > 0 ? [`${extra} ${kind}`] : [];
  });
  return more.length > 0 ? more.join(', ') : undefined;
}
