import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";

const REQUIREMENTS = join(REPOSITORY, "tests/security/schemathesis/requirements.txt");

/**
 * Installs Schemathesis of the versions in its requirements.txt from PyPI, in a Python environment of its own in the
 * cache, unless it is there.
 *
 * @returns the path of its executable
 * @throws CommandFailure with the end of pip's output
 */
export async function ensureSchemathesis(ctx: StepContext): Promise<string> {
  const key = createHash("sha256")
    .update(await readFile(REQUIREMENTS))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheDir(), "tools/schemathesis", key);
  const program = join(folder, "bin/schemathesis");
  const complete = join(folder, "complete");
  if (await stat(complete).catch(() => undefined)) return program;
  ctx.report("installing Schemathesis");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Scripts name their interpreter by its path, so it is made where it stays.
  await run("python3", ["-m", "venv", "--without-pip", folder], ctx);
  const options = ["--disable-pip-version-check", "--quiet", "--no-deps", "--only-binary", ":all:"];
  const python = join(folder, "bin/python3");
  await run("pip3", ["--python", python, "install", ...options, "--requirement", REQUIREMENTS], ctx);
  await mkdir(complete);
  return program;
}

async function run(program: string, args: readonly string[], ctx: StepContext): Promise<void> {
  const { failed, all = "" } = await execa(program, args, {
    all: true,
    reject: false,
    cancelSignal: ctx.signal,
  });
  ctx.signal.throwIfAborted();
  if (failed) throw new CommandFailure(`${program} failed:\n${lastLines(all, 20)}`);
}
