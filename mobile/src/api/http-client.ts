import axios, { type AxiosInstance, type InternalAxiosRequestConfig } from "axios";

/** The access token in memory, and the way to a new one. */
export interface AccessTokens {
  current(): string | undefined;
  /** Id of the user who is signed in. */
  owner(): string | undefined;
  /** Gets a new one; calls at the same time share one request. @returns undefined when there is none to be had */
  refresh(): Promise<string | undefined>;
}

type Attempt = InternalAxiosRequestConfig & {
  tried?: string | undefined;
  owner?: string | undefined;
  retried?: boolean;
};

/** A client that signs its requests; a 401 gets a new token once and tries the request once more. */
export function createHttpClient(baseURL: string, tokens: AccessTokens): AxiosInstance {
  const client = axios.create({ baseURL, timeout: 30_000 });

  client.interceptors.request.use((config: Attempt) => {
    config.tried = tokens.current();
    config.owner = tokens.owner();
    if (config.tried) config.headers.set("Authorization", `Bearer ${config.tried}`);
    return config;
  });

  client.interceptors.response.use(undefined, async (error: unknown) => {
    if (!axios.isAxiosError(error) || error.response?.status !== 401) throw error;
    const config = error.config as Attempt | undefined;
    if (!config || config.retried) throw error;
    // A 401 that arrives after the refresh it belongs to asks for no other.
    const current = tokens.current();
    const token = current && current !== config.tried ? current : await tokens.refresh();
    if (!token) throw error;
    // What one user asked for is not asked again as another who has signed in since.
    if (config.owner === undefined || config.owner !== tokens.owner()) throw error;
    config.retried = true;
    return client.request(config);
  });

  return client;
}
