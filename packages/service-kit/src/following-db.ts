import type { Collection, CollectionOptions, Db } from "mongodb";

/**
 * A database whose client may be replaced under way: each call of it, and of its collections, goes to the client that is
 * current at that moment, and ends there, cursors too.
 */
export function followingDb(current: () => Db): Db {
  const collection = (name: string, options?: CollectionOptions): Collection => {
    let of: Db | undefined;
    let found: Collection | undefined;
    return delegateTo(() => {
      const db = current();
      if (!found || of !== db) [of, found] = [db, db.collection(name, options)];
      return found;
    });
  };
  return delegateTo(current, { collection });
}

function delegateTo<T extends object>(current: () => T, own: Readonly<Record<string, unknown>> = {}): T {
  return new Proxy({} as T, {
    get(_target, key) {
      if (typeof key === "string" && Object.hasOwn(own, key)) return own[key];
      const target = current();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
