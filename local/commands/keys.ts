import { runBackupJob } from "../backup/run-job.ts";
import { resolveInstance } from "../instance.ts";
import { changeKeys } from "../keys/change-keys.ts";
import { finishRotation, rotateContent } from "../keys/rotate-content.ts";
import { finishMongo, rotateMongo } from "../keys/rotate-mongo.ts";
import { rotateRedis } from "../keys/rotate-redis.ts";
import type { Platform } from "../platform.ts";
import { kubectlOn, type PlatformKubectl } from "../platform-kubectl.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

type Action = "rotate" | "replace" | "finish";
type What = "tokens" | "content" | "redis" | "mongodb";

interface KeysOptions {
  readonly action: Action;
  readonly what: What;
  readonly instance: string;
  readonly signal: AbortSignal;
}

interface Running {
  readonly platform: Platform;
  readonly kubectl: PlatformKubectl;
  readonly signal: AbortSignal;
}

/** What can be done, and what it says when it is done. */
const DEEDS: Record<What, Partial<Record<Action, (running: Running) => Promise<string>>>> = {
  tokens: { rotate: changeTokens("rotate"), replace: changeTokens("replace") },
  content: {
    async rotate({ kubectl }) {
      const rewrapped = await rotateContent({ kubectl });
      return (
        `${rewrapped} data keys were wrapped by the new master key; the one before goes with \`npm run keys -- finish ` +
        "content`, an hour from now or later"
      );
    },
    async finish({ platform, kubectl, signal }) {
      await finishRotation({ kubectl, backUp: () => runBackupJob(platform, ["backup"], signal) });
      return "the keys before are gone, from the platform and from what its backups need";
    },
  },
  redis: {
    rotate: async ({ kubectl }) =>
      `all services are ${await rotateRedis({ kubectl })} in Redis; the user before is gone, with its password`,
  },
  mongodb: {
    async rotate({ kubectl }) {
      await rotateMongo({ kubectl });
      return (
        "all services have the next certificate; the one before is let in until `npm run keys -- finish mongodb`, three " +
        "minutes from now or later, which replaces the database's pod"
      );
    },
    async finish({ kubectl }) {
      await finishMongo({ kubectl });
      return "the certificate before is refused, and the one for the next time is known";
    },
  },
};

/** Why not, where one could ask for it. */
const REFUSALS: Partial<Record<`${Action} ${What}`, string>> = {
  "finish tokens": "keys of tokens need no finish",
  "finish redis": "Redis needs no finish: its rotation ends by itself",
  "replace content":
    "keys of contents can't be replaced at once, or what they seal would be lost: rotate, then finish",
  "replace redis": "rotate Redis: it ends with the user before being gone",
  "replace mongodb": "rotate mongodb, then finish it",
};

/** Changes keys or credentials, and prints what has changed. */
export async function keys({ action, what, instance, signal }: KeysOptions): Promise<void> {
  const deed = DEEDS[what][action];
  if (!deed) throw new CommandFailure(REFUSALS[`${action} ${what}`] ?? `there is no ${action} of ${what}`);
  const platform = await readRunningPlatform(resolveInstance(instance));
  process.stdout.write(`${await deed({ platform, kubectl: kubectlOn(platform, signal), signal })}\n`);
}

function changeTokens(action: "rotate" | "replace") {
  return async ({ kubectl }: Running): Promise<string> => {
    const [signing, ...others] = await changeKeys(kubectl, action);
    return `within two minutes access tokens are signed with ${signing}\nalso published: ${others.join(", ")}`;
  };
}
