import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { Instance } from "../instance.ts";
import { isAlive } from "../process-identity.ts";
import { CommandFailure } from "../ui/failure.ts";
import { type DaemonPlace, findDaemon, logTail, startDaemon, waitUntil } from "./daemons.ts";
import { type ClusterLayout, SERVICE_NETWORK } from "./layout.ts";

const HOLDER = "node";

/**
 * The node is a set of namespaces (network, mounts, processes) held by its first process. When that one ends, the
 * kernel ends every process within and drops every mount and device: nothing can be left behind.
 */
export interface Node {
  /** The first process, as the host sees it. */
  readonly pid: number;
  /** Puts `command` inside the node. */
  enter(command: string, ...args: readonly string[]): { command: string; args: string[] };
}

/** @returns the running node, or undefined. */
export async function findNode(place: DaemonPlace): Promise<Node | undefined> {
  const record = await findDaemon(HOLDER, place);
  if (!record || !isAlive(record)) return undefined;
  const pid = await firstChild(record.pid);
  return pid === undefined ? undefined : nodeOf(pid);
}

/**
 * @param init executable that becomes the first process: it reaps orphans and ends on SIGTERM
 * @throws CommandFailure when the kernel refuses the namespaces or devices.
 */
export async function startNode(
  options: { instance: Instance; layout: ClusterLayout; place: DaemonPlace; init: string },
  mark: string,
): Promise<Node> {
  const { layout, place, instance } = options;
  checkPlaces(instance.stateDir, options.init);
  for (const folder of [layout.nodeLogs, layout.kubelet, layout.containerd])
    await mkdir(folder, { recursive: true });
  const setUp = [
    // The kubelet hands mounts on to containers; all of it stays inside this namespace.
    "mount --make-rshared /",
    // The kubelet and the network plugins write to fixed places there.
    "mount -t tmpfs -o mode=755 tmpfs /run",
    "mount -t tmpfs -o mode=755 tmpfs /var/lib",
    'mount --bind "$1" /var/log',
    "ip link set lo up",
    'exec "$0"',
  ].join("\n");
  const holderPid = await startDaemon(
    {
      name: HOLDER,
      command: "unshare",
      args: [
        ...[
          "--net",
          "--mount",
          "--pid",
          "--fork",
          "--kill-child",
          "--mount-proc",
          "--propagation",
          "private",
        ],
        ...["--", "sh", "-euc", setUp, options.init, layout.nodeLogs],
      ],
    },
    place,
    mark,
  );
  let pid: number | undefined;
  const ready = await waitUntil(async () => {
    pid ??= await firstChild(holderPid);
    return (
      pid !== undefined &&
      (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).startsWith(options.init)
    );
  }, 10_000);
  if (!ready || pid === undefined) {
    throw new CommandFailure(
      `the node's namespaces can't be made (is this a container without privileges?): ${await logTail(HOLDER, place)}`,
    );
  }
  const node = nodeOf(pid);
  await linkToHost(node, instance, layout);
  return node;
}

function checkPlaces(...paths: string[]): void {
  const hidden = paths.find((path) => path.startsWith("/run/") || path.startsWith("/var/lib/"));
  if (!hidden) return;
  throw new CommandFailure(
    `${hidden} can't be seen inside the node, which has a /run and a /var/lib of its own: ` +
      "set XDG_STATE_HOME and XDG_CACHE_HOME to folders elsewhere",
  );
}

/** A veth pair joins host and node; it goes with the node's network namespace. */
async function linkToHost(node: Node, instance: Instance, layout: ClusterLayout): Promise<void> {
  const inHost = (...args: string[]) => run("ip", args);
  const inNode = (...args: string[]) => {
    const { command, args: entered } = node.enter("ip", ...args);
    return run(command, entered);
  };
  const overlap = await execa("ip", ["-o", "route", "get", layout.nodeAddress], { reject: false });
  if (overlap.stdout.includes(`src ${layout.hostAddress} `)) {
    throw new CommandFailure(`${instance.linkNetwork}.0/24 is in use on this machine: free it and try again`);
  }
  await inHost(
    "link",
    "add",
    layout.hostLink,
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    String(node.pid),
  );
  await inHost("address", "add", `${layout.hostAddress}/24`, "dev", layout.hostLink);
  await inHost("link", "set", layout.hostLink, "up");
  await inNode("address", "add", `${layout.nodeAddress}/24`, "dev", "eth0");
  await inNode("link", "set", "eth0", "up");
  // Processes of the node must find a way to service addresses before kube-proxy's rules rewrite them.
  await inNode("route", "add", SERVICE_NETWORK, "via", layout.hostAddress);
}

function nodeOf(pid: number): Node {
  return {
    pid,
    enter: (command, ...args) => ({
      command: "nsenter",
      // Entering a mount namespace leads to its own root, which is not ours where we run in a chroot.
      args: ["--target", String(pid), "--mount", "--net", "--pid", "--root", "--wd", "--", command, ...args],
    }),
  };
}

async function run(command: string, args: string[]): Promise<void> {
  await execa(command, args).catch((cause) => {
    throw new CommandFailure(`\`${command} ${args.join(" ")}\` failed: ${cause.stderr || cause.message}`);
  });
}

async function firstChild(pid: number): Promise<number | undefined> {
  const children = await readFile(join("/proc", String(pid), "task", String(pid), "children"), "utf8").catch(
    () => "",
  );
  const first = children.trim().split(" ")[0];
  return first ? Number(first) : undefined;
}
