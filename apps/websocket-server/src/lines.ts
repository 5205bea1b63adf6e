/**
 * Does what it is given for one key one after the other, in the order in which it was given; other keys don't wait. What
 * fails doesn't stop what is behind it.
 *
 * @param ends of the lines, by key; a key for which nothing is under way has none
 */
export function createLines(
  ends = new Map<string, Promise<void>>(),
): <T>(key: string, act: () => Promise<T>) => Promise<T> {
  return (key, act) => {
    const done = (ends.get(key) ?? Promise.resolve()).then(act);
    const end = done.then(ignore, ignore).then(() => {
      if (ends.get(key) === end) ends.delete(key);
    });
    ends.set(key, end);
    return done;
  };
}

function ignore(): void {}
