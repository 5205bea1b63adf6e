import { setTimeout as sleep } from "node:timers/promises";
import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";
import { awaitPods } from "./await-pods.ts";
import { createRedisKeeper, type RedisKeeper } from "./redis-keeper.ts";
import {
  type RedisUsers,
  ruleOf,
  userOf,
  usersBefore,
  withNextUser,
  withoutUsersBefore,
} from "./redis-users.ts";
import { readSecret, type StoredSecret } from "./stored-secret.ts";

const SECRET = "redis-credentials";
const PATIENCE_MS = 5 * 60_000;

interface Rotation {
  readonly kubectl: PlatformKubectl;
  /** For tests. */
  readonly wait?: { readonly patienceMs?: number; readonly pollMs?: number };
}

/**
 * Gives the services another user of Redis with a new password, or goes on with a rotation that was interrupted: Redis
 * takes both; pods read the new one from their file, and their connections authenticate anew; when Redis has no connection
 * of the user before, that one is removed.
 *
 * @returns the user who is in use now
 * @throws CommandFailure when Redis is not the cluster's own, or a service does not follow; then it can be run again
 */
export async function rotateRedis({ kubectl, wait }: Rotation): Promise<string> {
  let secret = await readSecret(kubectl, SECRET);
  const keeper = keeperOf(kubectl, secret);
  if (usersBefore(usersOf(secret)).length === 0) {
    const next = withNextUser(usersOf(secret));
    await keeper.setUser(ruleOf(next));
    secret = await secret.change({ url: next.url, "users.acl": next.acl });
  }
  const users = usersOf(secret);
  // Again: Redis may have started anew meanwhile, with the file as it was then.
  await keeper.setUser(ruleOf(users));
  await awaitPods(kubectl, { secret: SECRET, files: { url: users.url } }, wait);
  for (const before of usersBefore(users)) {
    await awaitNobody(keeper, before, wait);
    await keeper.removeUser(before);
  }
  await secret.change({ "users.acl": withoutUsersBefore(users).acl });
  return userOf(users);
}

function keeperOf(kubectl: PlatformKubectl, { values }: StoredSecret): RedisKeeper {
  if (values.keeper !== undefined) return createRedisKeeper(kubectl, values.keeper);
  throw new CommandFailure(
    "this Redis can't be rotated by this command: it is not the cluster's own, or older than the command; " +
      "docs/runbooks/credentials.md says how it is done",
  );
}

function usersOf({ values }: StoredSecret): RedisUsers {
  return { url: values.url ?? "", acl: values["users.acl"] ?? "" };
}

/** Connections authenticate between two commands, some seconds after the file has changed. */
async function awaitNobody(
  keeper: RedisKeeper,
  user: string,
  { patienceMs = PATIENCE_MS, pollMs = 2000 }: Rotation["wait"] = {},
): Promise<void> {
  for (const end = Date.now() + patienceMs; ; await sleep(pollMs)) {
    const addresses = await keeper.connectionsOf(user);
    if (addresses.length === 0) return;
    if (Date.now() < end) continue;
    throw new CommandFailure(
      `Redis still has connections of the user before, from ${addresses.join(", ")}; nothing is lost: look at the pods ` +
        "of these addresses, then run this again",
    );
  }
}
