import type { RefreshTokenStore } from "./refresh-token-store.ts";

/** On the web the HttpOnly cookie is the store. Nothing goes into localStorage, sessionStorage or IndexedDB. */
export function createTokenStore(): RefreshTokenStore {
  return {
    tokenIn: "cookie",
    get: async () => undefined,
    set: async () => {},
    clear: async () => {},
  };
}
