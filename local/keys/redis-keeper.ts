import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";

const USER = "keeper";
const POD = "redis-0";

/** Redis' own command line in its pod, as the one user who may make and remove others. */
export interface RedisKeeper {
  /** Makes a user, or makes one anew; connections of theirs stay. @param rule a line of an ACL file */
  setUser(rule: string): Promise<void>;
  /** Removes a user and closes their connections. */
  removeUser(name: string): Promise<void>;
  /** @returns the addresses that a user's connections come from */
  connectionsOf(name: string): Promise<string[]>;
}

/** @param password of the keeper; it and the rules go by standard input, which nobody else sees */
export function createRedisKeeper(kubectl: PlatformKubectl, password: string): RedisKeeper {
  async function run(command: string): Promise<string> {
    const input = `AUTH ${USER} ${password}\n${command}\n`;
    const output = await kubectl(["exec", "-i", POD, "--", "redis-cli"], { input }).catch((cause) => {
      throw new CommandFailure("Redis' pod can't be asked; nothing is lost: see why, then run this again", {
        cause,
      });
    });
    const [authenticated, ...reply] = output.trim().split(/\r?\n/);
    const problem = [authenticated, reply[0]].find((line) => /^[A-Z]+ /.test(line ?? ""));
    if (authenticated !== "OK" || problem !== undefined) {
      throw new CommandFailure(`Redis refuses: ${problem ?? authenticated}`);
    }
    return reply.join("\n");
  }
  return {
    async setUser(rule) {
      await run(`ACL SETUSER ${rule.replace(/^user /, "")}`);
    },
    async removeUser(name) {
      await run(`ACL DELUSER ${name}`);
    },
    async connectionsOf(name) {
      const clients = (await run("CLIENT LIST")).split("\n");
      return clients
        .filter((client) => client.split(" ").includes(`user=${name}`))
        .map((client) => /\baddr=(\S+)/.exec(client)?.[1] ?? "?");
    },
  };
}
