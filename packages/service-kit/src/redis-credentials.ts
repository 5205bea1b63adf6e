import type { RedisClientOptions } from "redis";
import { followFile } from "./follow-file.ts";
import type { Logger } from "./logger.ts";

type Provider = Extract<
  NonNullable<RedisClientOptions["credentialsProvider"]>,
  { type: "streaming-credentials-provider" }
>;
type Listener = Parameters<Provider["subscribe"]>[0];

interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const RETRY_MS = 5000;

/** @returns the address without user and password, and these */
export function splitRedisUrl(url: string): { address: string; credentials: Credentials } {
  const parsed = new URL(url);
  const credentials = {
    username: decodeURIComponent(parsed.username) || undefined,
    password: decodeURIComponent(parsed.password) || undefined,
  };
  parsed.username = "";
  parsed.password = "";
  return { address: parsed.href, credentials };
}

/**
 * The user and password of a URL whose file may change under way. New connections use what it says now, and those that
 * stand authenticate anew, between two commands. The address does not change without a restart.
 *
 * @param options.file without it, the credentials stay
 */
export function followRedisCredentials(options: {
  initial: Credentials;
  file: string | undefined;
  logger?: Logger | undefined;
}): { provider: Provider; close(): void } {
  const { initial, file, logger } = options;
  const listeners = new Set<Listener>();
  const closing = new AbortController();
  const tell = () => {
    for (const { onNext } of listeners) onNext(followed.current());
  };
  const followed = followFile<Credentials>({
    ...{ initial, file, parse: parseCredentials },
    same: (one, other) => one.username === other.username && one.password === other.password,
    onChange({ username }) {
      logger?.info("Redis credentials changed", { username });
      tell();
    },
    onFault: (path) => logger?.error("Redis credentials can't be read; those before stay in use", { path }),
  });
  let retry: NodeJS.Timeout | undefined;
  const provider: Provider = {
    type: "streaming-credentials-provider",
    // The client subscribes again whenever it connects again; another AUTH does no harm.
    async subscribe(listener) {
      listeners.add(listener);
      return [followed.current(), { dispose: () => listeners.delete(listener) }];
    },
    // A connection stays as it was authenticated before. The server may know the new ones a little later.
    onReAuthenticationError(error) {
      if (closing.signal.aborted) return;
      logger?.warn("Redis did not take the changed credentials; they are tried again", { error });
      clearTimeout(retry);
      retry = setTimeout(tell, RETRY_MS).unref();
    },
  };
  return {
    provider,
    close() {
      closing.abort();
      clearTimeout(retry);
      followed.close();
    },
  };
}

function parseCredentials(text: string): Credentials | undefined {
  const url = URL.parse(text.trim());
  return url?.password ? splitRedisUrl(url.href).credentials : undefined;
}
