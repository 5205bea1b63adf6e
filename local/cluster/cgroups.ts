import { mkdir, readdir, readFile, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitUntil } from "./daemons.ts";

const MOUNT = "/sys/fs/cgroup";

/** Makes the control group under which the kubelet puts all pods, in every hierarchy (version 1) or the one (2). */
export async function createCgroup(name: string): Promise<void> {
  const unified = await exists(join(MOUNT, "cgroup.controllers"));
  if (unified) {
    const controllers = (await readFile(join(MOUNT, "cgroup.controllers"), "utf8")).trim().split(" ");
    const enable = controllers.map((controller) => `+${controller}`).join(" ");
    await writeFile(join(MOUNT, "cgroup.subtree_control"), enable);
    await mkdir(join(MOUNT, name), { recursive: true });
    await writeFile(join(MOUNT, name, "cgroup.subtree_control"), enable);
    return;
  }
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, name);
    await mkdir(folder, { recursive: true });
    // A new cpuset is empty, and nothing can run in it.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (!(await exists(join(folder, file)))) continue;
      await writeFile(join(folder, file), await readFile(join(hierarchy, file)));
    }
  }
}

/** Removes the group and those within once their processes are gone. @throws when one can't be removed. */
export async function removeCgroup(name: string): Promise<void> {
  const folders = (await exists(join(MOUNT, "cgroup.controllers"))) ? [MOUNT] : await hierarchies();
  for (const folder of folders) {
    let problem: unknown;
    const gone = await waitUntil(async () => {
      problem = await removeTree(join(folder, name)).then(
        () => undefined,
        (error) => error,
      );
      return problem === undefined;
    }, 10_000);
    if (!gone) throw new Error(`control group ${join(folder, name)} can't be removed`, { cause: problem });
  }
}

async function removeTree(folder: string): Promise<void> {
  if (!(await exists(folder))) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  }
  await rmdir(folder);
}

async function hierarchies(): Promise<string[]> {
  const entries = await readdir(MOUNT, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(MOUNT, entry.name));
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
