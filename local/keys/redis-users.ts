import { createHash, randomBytes } from "node:crypto";

/** The services' users of Redis: one is in use, the other one comes next. */
const NAMES = ["agent", "agent2"] as const;

/** What `redis-credentials` says of users. */
export interface RedisUsers {
  /** As the services have it, with user and password. */
  readonly url: string;
  /** Of the server: `user <name> <rules>`, one a line. */
  readonly acl: string;
}

export function userOf({ url }: RedisUsers): string {
  return new URL(url).username;
}

/** @returns the line of the user that the services have now */
export function ruleOf(users: RedisUsers): string {
  return linesOf(users.acl).find((line) => line.startsWith(`user ${userOf(users)} `)) ?? "";
}

/** @returns the services' users that are not in use any more */
export function usersBefore(users: RedisUsers): string[] {
  const known = linesOf(users.acl).map((line) => line.split(" ")[1] ?? "");
  return NAMES.filter((name) => known.includes(name) && name !== userOf(users));
}

/** @returns the users with another one in use, who may do the same and has a password of its own */
export function withNextUser(users: RedisUsers): RedisUsers {
  const name = NAMES.find((candidate) => candidate !== userOf(users)) ?? NAMES[0];
  const password = randomBytes(32).toString("base64url");
  const hash = createHash("sha256").update(password).digest("hex");
  const rule = ruleOf(users)
    .replace(/^user \S+/, `user ${name}`)
    .replace(/#[0-9a-f]{64}/, `#${hash}`);
  const url = new URL(users.url);
  Object.assign(url, { username: name, password });
  return { url: url.href, acl: fileOf([...linesOf(users.acl), rule]) };
}

/** @returns the users without those before */
export function withoutUsersBefore(users: RedisUsers): RedisUsers {
  const gone = usersBefore(users);
  const lines = linesOf(users.acl).filter((line) => !gone.includes(line.split(" ")[1] ?? ""));
  return { ...users, acl: fileOf(lines) };
}

const linesOf = (acl: string) => acl.split("\n").filter(Boolean);
const fileOf = (lines: readonly string[]) => `${lines.join("\n")}\n`;
