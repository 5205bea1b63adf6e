import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { type ExecaError, execa } from "execa";
import type { StepContext } from "../progress.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { executables } from "./sources/path.ts";

/** Debian packages with what a node, the images and the tests need, and the executable that each is for. */
const EXECUTABLES = {
  "etcd-server": "etcd",
  containerd: "containerd",
  runc: "runc",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  conntrack: "conntrack",
  buildah: "buildah",
  "redis-server": "redis-server",
  "docker-registry": "docker-registry",
  prometheus: "promtool",
  ffmpeg: "ffmpeg",
  socat: "socat",
  mmdebstrap: "mmdebstrap",
  nftables: "nft",
  iproute2: "ip",
  iptables: "iptables",
  "util-linux": "nsenter",
  procps: "ps",
  kmod: "modprobe",
  "python3-pip": "pip3",
  "ca-certificates": "update-ca-certificates",
} as const;

const SYSTEM_PACKAGES: readonly string[] = Object.keys(EXECUTABLES);
/** A browser, and what makes it trust an authority: for tests, besides the others. */
export const BROWSER_PACKAGES: readonly string[] = [...SYSTEM_PACKAGES, "chromium", "libnss3-tools"];

const POLICY_FILE = "/usr/sbin/policy-rc.d";
const POLICY =
  "#!/bin/sh\n# mobile-ai-agent: services stay stopped while their packages are installed\nexit 101\n";
/** Seconds to wait for another apt or dpkg. */
const LOCK_TIMEOUT = "DPkg::Lock::Timeout=300";

/**
 * Installs the Debian packages that are missing and starts none of their services.
 *
 * @returns "18 present" or "installed 5"
 * @throws CommandFailure where the machine is not a Debian, or with the command to run where we may not install
 */
export async function ensurePackages(ctx: StepContext, names = SYSTEM_PACKAGES): Promise<string> {
  const [query] = await executables("dpkg-query");
  if (!query) {
    throw new CommandFailure(
      "the built-in cluster needs a Debian machine (there is no dpkg-query here); with --context NAME the platform " +
        `goes to a cluster you have. Needed executables: ${Object.values(EXECUTABLES).join(", ")}`,
    );
  }
  const missing = await findMissing(query, names, ctx);
  if (missing.length === 0) return `${names.length} present`;
  if (process.getuid?.() !== 0) {
    const command = `sudo apt-get install -y --no-install-recommends ${missing.join(" ")}`;
    throw new CommandFailure(
      `packages are missing, and only root may install them: run \`${command}\`, then repeat`,
    );
  }
  ctx.report(`installing ${missing.join(", ")}`);
  await withoutStartingServices(async () => {
    // An earlier installation may have been cut off in the middle.
    await run("dpkg", ["--configure", "-a"], ctx);
    try {
      await install(missing, ctx);
    } catch {
      // The lists may be older than the archive, or not be there yet.
      ctx.signal.throwIfAborted();
      ctx.report("updating the package lists");
      await run("apt-get", ["update", "-o", LOCK_TIMEOUT], ctx);
      await install(missing, ctx);
    }
  });
  const left = await findMissing(query, missing, ctx);
  if (left.length > 0)
    throw new CommandFailure(`apt-get ended well, yet these are not installed: ${left.join(", ")}`);
  return `installed ${missing.length}`;
}

async function findMissing(query: string, names: readonly string[], ctx: StepContext): Promise<string[]> {
  // Exits with 1 when it doesn't know one of the names, which is an answer.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format
  const { stdout } = await execa(query, ["-W", "-f", "${Package} ${db:Status-Status}\\n", ...names], {
    reject: false,
    cancelSignal: ctx.signal,
  });
  ctx.signal.throwIfAborted();
  return missingPackages(names, stdout);
}

/** @param listing lines "name status", as dpkg-query gives them; one name may be there once for each architecture. */
export function missingPackages(names: readonly string[], listing: string): string[] {
  const lines = new Set(listing.split("\n").map((line) => line.trim()));
  return names.filter((name) => !lines.has(`${name} installed`));
}

function install(names: readonly string[], ctx: StepContext): Promise<void> {
  const options = [
    "-y",
    "--no-install-recommends",
    "-o",
    LOCK_TIMEOUT,
    "-o",
    "Dpkg::Options::=--force-confold",
  ];
  return run("apt-get", ["install", ...options, ...names], ctx);
}

async function run(command: string, args: readonly string[], ctx: StepContext): Promise<void> {
  const child = execa(command, args, {
    all: true,
    stdin: "ignore",
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    cancelSignal: ctx.signal,
    // dpkg finishes the package at hand when asked to end; killed, it leaves a half-configured one.
    forceKillAfterDelay: 60_000,
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const step = /^(?:Get:\d+ .*|(?:Unpacking|Setting up) \S+)/m.exec(chunk.toString())?.[0];
    if (step) ctx.report(step.replace(/https?:\S+ /, ""));
  });
  try {
    await child;
  } catch (error) {
    ctx.signal.throwIfAborted();
    const { all, shortMessage } = error as ExecaError<{ all: true }>;
    const tail = lastLines(String(all ?? ""), 15);
    throw new CommandFailure(`\`${command} ${args[0]}\` failed: ${tail || shortMessage}`);
  }
}

/** https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt: 101 forbids the action. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  const present = await readFile(POLICY_FILE, "utf8").catch(() => undefined);
  // One that somebody else put there stays in force; ours was left by a run that was killed.
  if (present !== undefined && present !== POLICY) return work();
  await writeFile(POLICY_FILE, POLICY);
  await chmod(POLICY_FILE, 0o755);
  try {
    await work();
  } finally {
    await rm(POLICY_FILE, { force: true });
  }
}
