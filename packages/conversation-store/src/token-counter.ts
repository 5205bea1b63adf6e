import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RedisClient } from "./redis-client.ts";

/** One user's tokens of one day (UTC, `2026-11-25`). */
export interface Account {
  readonly userId: string;
  readonly day: string;
}

/** A call of a model for a run; a run has one at a time. */
export interface Call {
  readonly callId: string;
  readonly runId: string;
}

/** What an account has come to: tokens used, those of open calls among them. */
export interface Tally {
  readonly total: number;
  readonly open: readonly (Call & { readonly tokens: number })[];
}

export interface Wish extends Call {
  /** Tokens without which the call is of no use. */
  readonly least: number;
  readonly most: number;
  /** Of the account. */
  readonly limit: number;
}

/**
 * Counts what users may still use, in Redis, each step by one atomic script. A counter that is lost, or is found to be
 * wrong, is filled again from the ledger before it counts.
 */
export interface TokenCounter {
  /**
   * Takes tokens for a call. Asked again for the same call, it answers the same, unless the account has come to more
   * than its limit: of a counter that was lost, others may have taken the same tokens. Of a run whose call before was
   * never settled, that one is given back.
   *
   * @returns how many, 0 when fewer than `least` are left
   */
  reserve(account: Account, wish: Wish): Promise<number>;
  /** Replaces what was reserved by what was used; the ledger has it already. */
  settle(account: Account, call: Call, used: number): Promise<void>;
  /** Lets the counter be filled anew. */
  forget(account: Account): Promise<void>;
  total(account: Account): Promise<number>;
}

/** A counter is of no use after its day, but for calls that go on over midnight. */
const KEEP_MS = 48 * 60 * 60 * 1000;
/** One at a time fills a counter; another does when it takes longer than this. */
const FILL_MS = 2000;
const FILL_PAUSE_MS = 10;
const PATIENCE_MS = 10_000;
const MISSING = -1;

/** The counter is a hash: `total`, and for each run with an open call its id and what it holds. */
const RESERVE = `
local total = redis.call("HGET", KEYS[1], "total")
if not total then return ${MISSING} end
local limit = tonumber(ARGV[5])
local others = tonumber(total)
local call, tokens = string.match(redis.call("HGET", KEYS[1], ARGV[1]) or "", "^(%S+) (%d+)$")
if call == ARGV[2] and others <= limit then return tonumber(tokens) end
others = others - (tokens or 0)
local left = limit - others
if left < tonumber(ARGV[3]) then
  if call == ARGV[2] then
    redis.call("HSET", KEYS[1], "total", others)
    redis.call("HDEL", KEYS[1], ARGV[1])
  end
  return 0
end
local taken = math.min(left, tonumber(ARGV[4]))
redis.call("HSET", KEYS[1], "total", others + taken, ARGV[1], ARGV[2] .. " " .. taken)
return taken`;

/** The ledger knows of it already. A counter that doesn't know the call has lost it, as has one that is being filled. */
const SETTLE = `
local total = redis.call("HGET", KEYS[1], "total")
if not total then return redis.call("DEL", KEYS[2]) end
local held = redis.call("HGET", KEYS[1], ARGV[1]) or ""
local call, tokens = string.match(held, "^(%S+) (%d+)$")
if call ~= ARGV[2] then return redis.call("DEL", KEYS[1], KEYS[2]) end
redis.call("HSET", KEYS[1], "total", tonumber(total) - tonumber(tokens) + tonumber(ARGV[3]))
return redis.call("HDEL", KEYS[1], ARGV[1])`;

/** Whoever fills it has read the ledger after leaving a mark: with the mark gone, what was read may be of the past. */
const FILL = `
if redis.call("EXISTS", KEYS[1]) == 1 or redis.call("GET", KEYS[2]) ~= ARGV[1] then return end
redis.call("HSET", KEYS[1], unpack(ARGV, 3))
redis.call("PEXPIRE", KEYS[1], ARGV[2])
redis.call("DEL", KEYS[2])`;

/** @param tallyOf reads the ledger */
export function createTokenCounter(
  redis: RedisClient,
  tallyOf: (account: Account) => Promise<Tally>,
): TokenCounter {
  const run = async (script: string, account: Account, ...values: (string | number)[]) =>
    Number(await redis.eval(script, { keys: keysOf(account), arguments: values.map(String) }));

  async function fill(account: Account): Promise<void> {
    const [, markKey] = keysOf(account);
    const mark = randomUUID();
    const expiration = { type: "PX", value: FILL_MS } as const;
    const isFilling = (await redis.set(markKey, mark, { condition: "NX", expiration })) !== null;
    if (!isFilling) return void (await delay(FILL_PAUSE_MS));
    const { total, open } = await tallyOf(account);
    const held = open.flatMap(({ runId, callId, tokens }) => [runId, `${callId} ${tokens}`]);
    await run(FILL, account, mark, KEEP_MS, "total", total, ...held);
  }

  /** @param ask answers MISSING when there is no counter */
  async function filled(account: Account, ask: () => Promise<number>): Promise<number> {
    for (const begun = Date.now(); Date.now() - begun < PATIENCE_MS; await fill(account)) {
      const answer = await ask();
      if (answer !== MISSING) return answer;
    }
    throw new Error(`the token counter of ${account.userId} is lost again and again`);
  }

  return {
    reserve: (account, { runId, callId, least, most, limit }) =>
      filled(account, () => run(RESERVE, account, runId, callId, least, most, limit)),

    async settle(account, { runId, callId }, used) {
      await run(SETTLE, account, runId, callId, used);
    },

    async forget(account) {
      await redis.del([...keysOf(account)]);
    },

    total: (account) =>
      filled(account, async () => Number((await redis.hGet(keysOf(account)[0], "total")) ?? MISSING)),
  };
}

/** The counter, and the mark of who fills it; one hash slot, since scripts read both. */
function keysOf({ userId, day }: Account): [counter: string, mark: string] {
  const counter = `tokens:{${userId}:${day}}`;
  return [counter, `${counter}:filling`];
}
