import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "./logger.ts";
import type { RedisClient } from "./redis.ts";
import { InvalidToken, type TokenVerifier } from "./token-verifier.ts";

/** A sign-in that was ended, and until when an access token of it could be valid: milliseconds since the epoch. */
export interface Revocation {
  readonly signIn: string;
  readonly until: number;
}

/** The sign-ins that were ended while tokens of them could be valid, as far as this process has heard. */
export interface Revocations {
  /** From memory. */
  has(signIn: string): boolean;
  /** Calls back at each that is heard of from now on, once or more. */
  onRevoked(listener: (signIn: string) => void): void;
  close(): Promise<void>;
}

const STREAM = "revocations";
/** Longer than any access token is valid. */
const KEEP_MS = 2 * 60 * 60_000;
const BLOCK_MS = 2000;
/** A server that is silent for longer than its own limit is gone. */
const SILENCE_MS = 3 * BLOCK_MS;
const RETRY_MS = 200;
const BATCH = 1000;
const FIRST_READ_MS = 5000;

/** Tells every process that follows; telling it again does no harm. @throws when Redis did not take it */
export async function announceRevocations(
  redis: RedisClient,
  revocations: readonly Revocation[],
): Promise<void> {
  if (revocations.length === 0) return;
  const trim = { strategy: "MINID", strategyModifier: "~", threshold: Date.now() - KEEP_MS } as const;
  const transaction = redis.multi();
  for (const { signIn, until } of revocations) {
    transaction.xAdd(STREAM, "*", { sid: signIn, until: String(until) }, { TRIM: trim });
  }
  await transaction.pExpire(STREAM, KEEP_MS).exec();
}

/**
 * Follows what is announced, over a connection of its own. Resolves when what is there has been read, or after five
 * seconds without Redis. While Redis is away the list is as it was: a token revoked meanwhile is taken until it expires,
 * or until Redis is back and its announcement heard.
 */
export async function followRevocations(redis: RedisClient, logger: Logger): Promise<Revocations> {
  const ended = new Map<string, number>();
  const listeners: ((signIn: string) => void)[] = [];
  const closing = new AbortController();
  const firstRead = Promise.withResolvers<void>();

  function add({ sid = "", until = "" }: Record<string, string | undefined>): void {
    ended.set(sid, Number(until));
    for (const listener of listeners) listener(sid);
  }

  async function follow(): Promise<void> {
    const connection = redis.duplicate({ socket: { ...redis.options?.socket, socketTimeout: SILENCE_MS } });
    // The first connection reports the faults of both.
    connection.on("error", () => {});
    const disconnect = () => connection.destroy();
    closing.signal.addEventListener("abort", disconnect, { once: true });
    try {
      await connection.connect();
      // From the beginning: a Redis that has lost its data counts anew.
      let after = "0";
      for (let wait = {}; !closing.signal.aborted; wait = { BLOCK: BLOCK_MS }) {
        const reply = await connection.xRead([{ key: STREAM, id: after }], { COUNT: BATCH, ...wait });
        const messages = reply?.[0]?.messages ?? [];
        for (const { message } of messages) add(message);
        after = messages.at(-1)?.id ?? after;
        if (messages.length < BATCH) firstRead.resolve();
        forgetExpired(ended);
      }
    } finally {
      closing.signal.removeEventListener("abort", disconnect);
      if (connection.isOpen) connection.destroy();
    }
  }

  async function followAgainAndAgain(): Promise<void> {
    while (!closing.signal.aborted) {
      await follow().catch(() => {});
      await delay(RETRY_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  const following = followAgainAndAgain();
  const patience = setTimeout(() => {
    logger.warn("revocations can't be read; tokens revoked before are taken until Redis is back");
    firstRead.resolve();
  }, FIRST_READ_MS);
  await firstRead.promise;
  clearTimeout(patience);

  return {
    has: (signIn) => ended.has(signIn),
    onRevoked: (listener) => {
      listeners.push(listener);
    },
    async close() {
      closing.abort();
      await following;
    },
  };
}

function forgetExpired(ended: Map<string, number>): void {
  const now = Date.now();
  for (const [signIn, until] of ended) if (until < now) ended.delete(signIn);
}

/** Refuses tokens of sign-ins that were ended. It goes around a verifier that remembers what it has verified. */
export function refuseRevoked(verifier: TokenVerifier, revocations: Pick<Revocations, "has">): TokenVerifier {
  return {
    async verify(token) {
      const claims = await verifier.verify(token);
      if (revocations.has(claims.sid)) throw new InvalidToken("its sign-in was ended");
      return claims;
    },
  };
}
