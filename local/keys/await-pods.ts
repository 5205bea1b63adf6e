import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";

const NODE = "/usr/local/bin/node";
const PRINT_HASHES = `for (const path of process.argv.slice(1))
  console.log(require("crypto").createHash("sha256").update(require("fs").readFileSync(path)).digest("hex"))`;
/** The kubelet brings a changed Secret within about two. */
const PATIENCE_MS = 5 * 60_000;

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status?: { readonly phase?: string };
  readonly spec: {
    readonly volumes?: readonly {
      readonly name: string;
      readonly secret?: {
        readonly secretName?: string;
        readonly items?: readonly { readonly key: string; readonly path: string }[];
      };
    }[];
    readonly containers: readonly {
      readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    }[];
  };
}

/** Some keys of a Secret, as the pods that mount them are to have them. */
export interface WantedFiles {
  readonly secret: string;
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Waits until every running pod that mounts these keys of a Secret has the files as they are there now.
 *
 * @throws CommandFailure that names the pods which don't after five minutes
 */
export async function awaitPods(
  kubectl: PlatformKubectl,
  wanted: WantedFiles,
  { patienceMs = PATIENCE_MS, pollMs = 2000 } = {},
): Promise<void> {
  for (const end = Date.now() + patienceMs; ; await sleep(pollMs)) {
    const behind = await podsBehind(kubectl, wanted);
    if (behind.length === 0) return;
    if (Date.now() < end) continue;
    throw new CommandFailure(
      `these pods do not have the changed keys yet: ${behind.join(", ")}; nothing is lost: look at them, then run this again`,
    );
  }
}

async function podsBehind(kubectl: PlatformKubectl, { secret, files }: WantedFiles): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(["get", "pods", "-o", "json"])) as { items: Pod[] };
  const behind: string[] = [];
  for (const pod of items) {
    const mounted = mountedFiles(pod, secret).filter(({ key }) => key in files);
    if (mounted.length === 0 || pod.status?.phase !== "Running" || pod.metadata.deletionTimestamp) continue;
    const wanted = mounted.map(({ key }) =>
      createHash("sha256")
        .update(files[key] ?? "")
        .digest("hex"),
    );
    const paths = mounted.map(({ path }) => path);
    const exec = ["exec", pod.metadata.name, "--", NODE, "-e", PRINT_HASHES, ...paths];
    // A pod may go, or not be up yet.
    const found = await kubectl(exec).catch(() => "");
    if (found.trim() !== wanted.join("\n")) behind.push(pod.metadata.name);
  }
  return behind;
}

function mountedFiles({ spec }: Pod, name: string): { key: string; path: string }[] {
  return (spec.volumes ?? [])
    .filter(({ secret }) => secret?.secretName === name)
    .flatMap(({ name: volume, secret }) => {
      const mount = spec.containers[0]?.volumeMounts?.find((candidate) => candidate.name === volume);
      return (secret?.items ?? []).map(({ key, path }) => ({ key, path: `${mount?.mountPath}/${path}` }));
    });
}
