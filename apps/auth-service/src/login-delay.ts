import { HttpProblem, inTime, type Logger, type RedisClient } from "@mobile-ai-agent/service-kit";

/** How many attempts are free, and how the pauses after them grow. Times in milliseconds. */
interface Pace {
  readonly free: number;
  readonly first: number;
  readonly longest: number;
  /** After so long without an attempt all is forgotten. */
  readonly memory: number;
}

const HOUR = 3_600_000;
const PACES = {
  /** At one target from one network: a person who mistypes, or who guesses. */
  pair: { free: 5, first: 1000, longest: 15 * 60_000, memory: 24 * HOUR },
  /** From one network, at any: many accounts, each tried a few times. */
  network: { free: 50, first: 1000, longest: 60_000, memory: HOUR },
  /** At one from anywhere: a guesser with many networks. Short, since its owner may come from a new one too. */
  account: { free: 100, first: 1000, longest: 30_000, memory: 24 * HOUR },
} satisfies Record<string, Pace>;

/** A Redis that hangs must not hold up who signs in. */
const PATIENCE_MS = 500;

/** How long a network from which somebody has signed in counts as theirs. */
const KNOWN_MS = 30 * 24 * HOUR;

/**
 * Counts an attempt, and begins the pause before the next one; during a pause it counts nothing, so that who goes on
 * trying does not make it longer. One script, so that attempts at the same time can't slip past each other.
 * KEYS: counter. ARGV: free, first, longest, memory. Returns the milliseconds that are left to wait.
 */
const ATTEMPT = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local resume = tonumber(redis.call("HGET", KEYS[1], "resume") or "0")
if resume > now then return resume - now end
local over = redis.call("HINCRBY", KEYS[1], "attempts", 1) - tonumber(ARGV[1])
if over >= 0 then
  local pause = math.min(tonumber(ARGV[2]) * 2 ^ math.min(over, 30), tonumber(ARGV[3]))
  redis.call("HSET", KEYS[1], "resume", string.format("%.0f", now + pause))
end
redis.call("PEXPIRE", KEYS[1], ARGV[4])
return 0`;

/** Takes one attempt back that was none of a guesser. KEYS: counter. */
const FORGIVE = `
if redis.call("HINCRBY", KEYS[1], "attempts", -1) <= 0 then return redis.call("DEL", KEYS[1]) end
return redis.call("HDEL", KEYS[1], "resume")`;

/** What is guessed at. */
export type Target =
  /** What was typed to sign in, in any case of letters, whether or not anybody has it. */
  | { readonly typed: string }
  /** Whom an access token or a provider has named. */
  | { readonly userId: string };

export interface Attempt {
  readonly at: Target;
  /** Where it comes from. */
  readonly network: string;
}

export interface LoginDelay {
  /** Counts an attempt. @throws HttpProblem 429 when it comes before the pause is over */
  begin(attempt: Attempt): Promise<void>;
  /** The attempt was none of a guesser, nor over: it does not count. */
  forgive(attempt: Attempt): Promise<void>;
  /** The attempt was good: the network is known as one of the target's, and its failures are forgotten. */
  succeed(attempt: Attempt): Promise<void>;
  /** How many of the targets attempts from anywhere are counted of. */
  count(targets: readonly Target[]): Promise<number>;
  /** Forgets those, but no counters that can't be found without knowing the networks. */
  forget(targets: readonly Target[]): Promise<void>;
}

/**
 * Slows guessing down: pauses that double with each failure, for a target from a network, for a network, and for a target
 * from anywhere. Nobody can lock an owner out with it: from a network of theirs only their own failures there count, and
 * from a new one they wait half a minute at most. While Redis is away there are no pauses; the gateway's limits remain.
 *
 * A login is counted by what was typed, and before anything is looked up: so a pause tells neither whether anybody has
 * that name or address, nor that both are one account's (OWASP Authentication Cheat Sheet, "Authentication and Error
 * Messages"). The price is that an account can be tried by its name and by its address, each at its own pace. What takes a
 * token or a provider's word to be tried is counted by the user's id, where no stranger can slow the user down.
 *
 * @param options.pseudonymOf a keyed hash: Redis holds neither names nor addresses, nor what they could be guessed by
 */
export function createLoginDelay(
  redis: RedisClient,
  options: { pseudonymOf: (text: string) => string; logger: Logger },
): LoginDelay {
  const { pseudonymOf, logger } = options;

  function keysOf({ at, network }: Attempt) {
    const target = "typed" in at ? ["typed", at.typed.toLowerCase()] : ["user", at.userId];
    const of = (kind: string, ...parts: string[]) =>
      `login:${kind}:${pseudonymOf(JSON.stringify(["login", kind, ...parts]))}`;
    return {
      pair: of("pair", ...target, network),
      network: of("network", network),
      account: of("account", ...target),
      known: of("known", ...target, network),
    };
  }

  async function wait(key: string, { free, first, longest, memory }: Pace): Promise<number> {
    const args = [free, first, longest, memory].map(String);
    return Number(await redis.eval(ATTEMPT, { keys: [key], arguments: args }));
  }

  async function longestWait(attempt: Attempt): Promise<number> {
    const keys = keysOf(attempt);
    const ofNetwork = await wait(keys.network, PACES.network);
    if (ofNetwork > 0) return ofNetwork;
    const ofPair = await wait(keys.pair, PACES.pair);
    if (ofPair > 0 || (await redis.exists(keys.known)) === 1) return ofPair;
    return wait(keys.account, PACES.account);
  }

  const forgiveOne = (key: string) => redis.eval(FORGIVE, { keys: [key] });
  const report = (error: unknown) => logger.warn("logins can't be counted without Redis", { error });

  const accountKeys = (targets: readonly Target[]) =>
    targets.map((at) => keysOf({ at, network: "" }).account);

  return {
    async begin(attempt) {
      const ms = await inTime(longestWait(attempt), PATIENCE_MS).catch((error) => {
        report(error);
        return 0;
      });
      if (ms > 0) throw tooMany(Math.ceil(ms / 1000));
    },

    async forgive(attempt) {
      const { pair, network, account } = keysOf(attempt);
      const all = Promise.all([pair, network, account].map(forgiveOne));
      await inTime(all, PATIENCE_MS).catch(report);
    },

    async succeed(attempt) {
      const keys = keysOf(attempt);
      const remember = async () => {
        const isNew = (await redis.set(keys.known, "1", { PX: KNOWN_MS, GET: true })) === null;
        await Promise.all([
          redis.del(keys.pair),
          forgiveOne(keys.network),
          isNew && forgiveOne(keys.account),
        ]);
      };
      await inTime(remember(), PATIENCE_MS).catch(report);
    },

    count: async (targets) => await redis.exists(accountKeys(targets)),
    forget: async (targets) => void (await redis.del(accountKeys(targets))),
  };
}

function tooMany(seconds: number): HttpProblem {
  return new HttpProblem(429, "Too Many Requests", `too many failed attempts; try again in ${seconds} s`, {
    headers: { "Retry-After": String(seconds) },
  });
}
