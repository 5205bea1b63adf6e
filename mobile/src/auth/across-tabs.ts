/**
 * Runs one at a time in all tabs of this origin: two that changed the same refresh cookie at once would look like a
 * stolen token. Where there are no locks, there are no tabs either.
 */
export function acrossTabs<T>(name: string, act: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? (locks.request(name, act) as Promise<T>) : act();
}
