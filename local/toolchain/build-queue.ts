/** How long a build waits for sources with precedence that are still being looked for elsewhere. */
const SEARCH_GRACE_MS = 5_000;

export interface BuildQueue {
  /**
   * Builds unless `search` finds it. One build runs at a time, since a Go build takes every core there is; of those
   * that wait, the one with the lowest `order` is next.
   */
  run<T>(request: { order: number; search: Promise<T | undefined>; build: () => Promise<T> }): Promise<T>;
}

export function createBuildQueue(): BuildQueue {
  const searching = new Set<{ order: number; settled: Promise<unknown> }>();
  const waiting: { order: number; start: () => Promise<void> }[] = [];
  let running = false;

  /** Lets those first in line that may turn out to need a build, too, say so. */
  async function awaitEarlierSearches(order: number): Promise<void> {
    const earlier = [...searching].filter((search) => search.order < order);
    if (earlier.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise((resolve) => {
      timer = setTimeout(resolve, SEARCH_GRACE_MS);
    });
    await Promise.race([Promise.all(earlier.map(({ settled }) => settled)), grace]);
    clearTimeout(timer);
  }

  async function pump(): Promise<void> {
    if (running) return;
    running = true;
    while (waiting.length > 0) {
      await awaitEarlierSearches(Math.min(...waiting.map(({ order }) => order)));
      waiting.sort((one, other) => one.order - other.order);
      await waiting.shift()?.start();
    }
    running = false;
  }

  return {
    async run({ order, search, build }) {
      const entry = { order, settled: search.catch(() => undefined) };
      searching.add(entry);
      const found = await search.finally(() => searching.delete(entry));
      if (found !== undefined) return found;
      return new Promise((resolve, reject) => {
        waiting.push({ order, start: () => build().then(resolve, reject) });
        void pump();
      });
    },
  };
}
