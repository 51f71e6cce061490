/** Finds what a tool leaves running after its run: timers, child processes, servers that nothing will stop. */

/** Kinds of resource that keep working on their own (sockets of kept-alive connections do not). */
const RESOURCE_KINDS = ['ProcessWrap', 'TCPServerWrap', 'FSEventWrap'];
/** The AWS clients' own timers outlive their requests by seconds, so timers mean something only where no client runs. */
export const RESOURCE_KINDS_WITH_TIMERS = [...RESOURCE_KINDS, 'Timeout'];

/** How many resources of each kind are active now. */
export function countActiveResources(kinds: readonly string[] = RESOURCE_KINDS): ReadonlyMap<string, number> {
  const counts = new Map(kinds.map((kind) => [kind, 0]));
  for (const kind of process.getActiveResourcesInfo()) {
    const count = counts.get(kind);
    if (count !== undefined) counts.set(kind, count + 1);
  }
  return counts;
}

/** The resources active now but not in `before`, of the kinds counted then, as text for a person; absent without any. */
export function describeLeftRunning(before: ReadonlyMap<string, number>): string | undefined {
  const more = [...countActiveResources([...before.keys()])].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0);
    return extra > 0 ? [`${extra} ${kind}`] : [];
  });
  return more.length > 0 ? more.join(', ') : undefined;
}
