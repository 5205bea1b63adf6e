import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";

/** Permits all images: only archives that we wrote ourselves are ever read. */
const POLICY = join(import.meta.dirname, "policy.json");
/** A registry on this machine may speak plain HTTP, as it may for Docker. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?\//;

interface BuildOptions {
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  /** Folder that COPY and ADD read from. */
  readonly folder: string;
  readonly reference: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** One storage of buildah, which ends with the work that it was made for. */
export interface Buildah {
  /** A folder for build contexts, on the cache's file system, removed with the storage. */
  readonly folder: string;
  build(options: BuildOptions): Promise<void>;
  /** Writes a Docker archive; the file appears whole or not at all. */
  save(reference: string, archive: string): Promise<void>;
  load(archive: string): Promise<void>;
  /** @returns the digest of the manifest that the registry took: `sha256:` and 64 hex digits */
  push(reference: string, target: string): Promise<string>;
}

let queue: Promise<unknown> = Promise.resolve();

/** Runs `work` alone: builds copy whole file systems, so that two at once are slower than one after the other. */
export function withBuildah<T>(ctx: StepContext, work: (buildah: Buildah) => Promise<T>): Promise<T> {
  const result = queue.then(async () => {
    ctx.signal.throwIfAborted();
    const root = join(cacheDir(), "buildah");
    await removeAbandoned(root);
    const folder = join(root, `${process.pid}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const paths = { graphroot: join(folder, "storage"), runroot: join(folder, "run") };
    const settings = [["driver", "vfs"], ...Object.entries(paths)].map(
      ([key, value]) => `${key} = "${value}"`,
    );
    await writeFile(join(folder, "storage.conf"), ["[storage]", ...settings, ""].join("\n"));
    try {
      return await work(createBuildah(folder, ctx));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  queue = result.catch(() => {});
  return result;
}

/** Storage of processes that were killed. */
async function removeAbandoned(root: string): Promise<void> {
  const folders = await readdir(root).catch(() => []);
  for (const folder of folders.filter((name) => !isRunning(Number(name)))) {
    await rm(join(root, folder), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function createBuildah(folder: string, ctx: StepContext): Buildah {
  // The machine's own storage options (mount programs, quotas) are for other drivers.
  const settings = join(folder, "storage.conf");
  const run = async (args: string[]) => {
    await execa("buildah", args, {
      stdin: "ignore",
      cancelSignal: ctx.signal,
      env: { CONTAINERS_STORAGE_CONF: settings, BUILDAH_ISOLATION: "chroot", TMPDIR: folder },
    });
  };
  return {
    folder,
    async build({ dockerfile, folder: context, reference, buildArgs = {} }) {
      const file = join(folder, "Dockerfile");
      await writeFile(file, dockerfile);
      await run([
        ...["build", "--signature-policy", POLICY, "--isolation", "chroot", "--timestamp", "0", "--quiet"],
        ...Object.entries(buildArgs).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]),
        ...["--file", file, "--tag", reference, context],
      ]);
    },
    async save(reference, archive) {
      const temporary = join(folder, "archive.tar");
      const target = `docker-archive:${temporary}:${reference}`;
      await run(["push", "--signature-policy", POLICY, "--quiet", reference, target]);
      await rename(temporary, archive);
    },
    load: (archive) => run(["pull", "--signature-policy", POLICY, "--quiet", `docker-archive:${archive}`]),
    async push(reference, target) {
      const digest = join(folder, "digest");
      const options = ["--signature-policy", POLICY, "--quiet", "--digestfile", digest];
      if (LOOPBACK.test(target)) options.push("--tls-verify=false");
      await run(["push", ...options, reference, `docker://${target}`]);
      return (await readFile(digest, "utf8")).trim();
    },
  };
}
