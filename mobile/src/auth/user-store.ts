import { User } from "@mobile-ai-agent/contracts";
import { type BlobStore, readText, writeText } from "../storage/blob-store.ts";

const KEY = "auth.user";
const LEAVING = "auth.leaving";

/** Who was signed in last, so that a device starts without the platform. */
export interface UserStore {
  get(): Promise<User | undefined>;
  set(user: User): Promise<void>;
  clear(): Promise<void>;
  /**
   * Id of who signed out while the platform doesn't know yet: a cookie outlives what a page forgets. Empty when it was
   * nobody in particular.
   */
  leaving(): Promise<string | undefined>;
  setLeaving(userId: string | undefined): Promise<void>;
}

export function createUserStore(store: BlobStore): UserStore {
  return {
    async get() {
      const text = await readText(store, KEY);
      return text === undefined ? undefined : User.safeParse(JSON.parse(text)).data;
    },
    set: (user) => writeText(store, KEY, JSON.stringify(user)),
    clear: () => store.remove(KEY),
    leaving: () => readText(store, LEAVING),
    setLeaving: (userId) =>
      userId === undefined ? store.remove(LEAVING) : writeText(store, LEAVING, userId),
  };
}
