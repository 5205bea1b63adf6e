import axios from "axios";
import { createHttpClient } from "./api/http-client.ts";
import { createRequests, type Requests } from "./api/requests.ts";
import { type Auth, createAuth } from "./auth/auth.ts";
import { createTokenStore } from "./auth/token-store";
import { createUserStore } from "./auth/user-store.ts";
import type { BlobStore } from "./storage/blob-store.ts";

/** What the screens work with, for one platform address. */
export interface Services {
  readonly serverUrl: string;
  readonly store: BlobStore;
  readonly auth: Auth;
  readonly requests: Requests;
}

export function createServices(serverUrl: string, store: BlobStore): Services {
  const http = axios.create({ baseURL: serverUrl, timeout: 15_000 });
  const auth = createAuth({ http, tokenStore: createTokenStore(), userStore: createUserStore(store) });
  return { serverUrl, store, auth, requests: createRequests(createHttpClient(serverUrl, auth)) };
}
