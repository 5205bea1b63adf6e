import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ExecaError, execa } from "execa";
import type { StepContext } from "../../progress.ts";
import { CommandFailure } from "../../ui/failure.ts";
import { executables } from "./path.ts";

const REQUIRED_GO = [1, 26, 4] as const;
const MODULES = join(import.meta.dirname, "..", "modules");
/** Debian's and the official archive's places, for shells that leave them out of PATH. */
const GO_FOLDERS = ["/usr/local/go/bin", "/usr/lib/go-1.26/bin"];
const TAIL_LINES = 30;

export const moduleDirectory = (module: string): string => join(MODULES, module);

/**
 * Builds main packages of one pinned module. Go's own caches keep what an interrupted build has compiled.
 *
 * @returns the path of the executable of each package, in order, all below `output`
 * @throws CommandFailure when Go is missing or too old, or with the end of what the build said
 */
export async function goBuild(
  request: { module: string; packages: readonly string[]; ldflags: string; output: string; label: string },
  ctx: StepContext,
): Promise<string[]> {
  // Inside the caller's scratch folder, which is removed also after a build that was stopped.
  const work = join(request.output, ".work");
  await mkdir(work, { recursive: true });
  const args = ["build", "-ldflags", request.ldflags, "-o", `${request.output}/`, ...request.packages];
  const env = { GOTMPDIR: work };
  await runGo({ module: request.module, args, env, doing: `building ${request.label}` }, ctx);
  // `go build` names an executable after the last part of its package's path.
  return request.packages.map((path) => join(request.output, path === "." ? request.module : basename(path)));
}

/** @returns the folder in which Go keeps the sources of `path` in the version that `module` pins. */
export async function goModuleFolder(module: string, path: string, ctx: StepContext): Promise<string> {
  const args = ["mod", "download", "-json", path];
  const output = await runGo({ module, args, doing: `fetching the sources of ${path}` }, ctx);
  const { Dir: folder } = JSON.parse(output) as { Dir?: string };
  if (!folder) throw new CommandFailure(`Go does not say where it keeps ${path}`);
  return folder;
}

async function runGo(
  command: { module: string; args: string[]; doing: string; env?: Record<string, string> },
  ctx: StepContext,
): Promise<string> {
  const { module, args, doing, env } = command;
  const go = await findGo(ctx.signal);
  const started = Date.now();
  let detail = "";
  const report = () => ctx.report(`${doing}, ${Math.round((Date.now() - started) / 1000)} s${detail}`);
  report();
  const timer = setInterval(report, 1_000);
  let stop = () => {};
  try {
    ctx.signal.throwIfAborted();
    const child = execa(go, args, {
      cwd: moduleDirectory(module),
      env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -trimpath -buildvcs=false", GOWORK: "off", ...env },
      stdin: "ignore",
      all: true,
      // A group of its own: Go leaves its compilers running when it is ended alone.
      detached: true,
    });
    stop = () => {
      if (child.pid) endGroup(child.pid);
    };
    ctx.signal.addEventListener("abort", stop, { once: true });
    child.stderr.on("data", (chunk: Buffer) => {
      const download = /^go: downloading (\S+)/m.exec(chunk.toString());
      detail = download ? `, downloading ${download[1]}` : "";
    });
    return (await child).stdout;
  } catch (error) {
    ctx.signal.throwIfAborted();
    const { all, shortMessage } = error as ExecaError<{ all: true }>;
    const tail = String(all ?? "")
      .trimEnd()
      .split("\n")
      .slice(-TAIL_LINES)
      .join("\n");
    throw new CommandFailure(`${doing} failed (${shortMessage ?? error}):\n${tail}`);
  } finally {
    clearInterval(timer);
    ctx.signal.removeEventListener("abort", stop);
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

async function findGo(signal: AbortSignal): Promise<string> {
  const path = [process.env.PATH ?? "", ...GO_FOLDERS].join(":");
  const wanted = REQUIRED_GO.join(".");
  const fix = `install Go ≥ ${wanted} from Debian backports or go.dev, then repeat`;
  let old: string | undefined;
  for (const go of await executables("go", path)) {
    const { stdout } = await execa(go, ["version"], { reject: false, cancelSignal: signal });
    signal.throwIfAborted();
    if (isRecentGo(stdout)) return go;
    old ??= `${go} is ${stdout.trim() || "broken"}`;
  }
  throw new CommandFailure(old ? `${old}, but ${wanted} is needed: ${fix}` : `Go is missing: ${fix}`);
}

/** @param output of `go version`: "go version go1.26.8 linux/amd64" */
export function isRecentGo(output: string): boolean {
  const match = /\bgo(\d+)\.(\d+)(?:\.(\d+))?/.exec(output);
  if (!match) return false;
  const found = [match[1], match[2], match[3] ?? "0"].map(Number);
  const difference = REQUIRED_GO.map((part, index) => (found[index] ?? 0) - part).find(
    (value) => value !== 0,
  );
  return (difference ?? 0) >= 0;
}
