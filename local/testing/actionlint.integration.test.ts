import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { REPOSITORY } from "../repository.ts";

const IMAGES = ".github/workflows/images.yml";
let copy: string;

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), "workflows-"));
  await cp(join(REPOSITORY, ".github"), join(copy, ".github"), { recursive: true });
  await execa("git", ["init", "--quiet", copy]);
});
afterEach(() => rm(copy, { recursive: true, force: true }));

/** Without the linters of shell and Python that a machine may have: the result is the same everywhere. */
async function actionlint(): Promise<string> {
  const { stdout, stderr } = await execa(
    process.env.ACTIONLINT_BINARY ?? "actionlint",
    ["-shellcheck=", "-pyflakes=", "-no-color", "-oneline"],
    { cwd: copy, reject: false },
  );
  return stdout + stderr;
}

it("has nothing to say about the workflows", async () => {
  expect(await actionlint()).toBe("");
});

it("finds an output that no job has", async () => {
  const text = await readFile(join(copy, IMAGES), "utf8");
  await writeFile(join(copy, IMAGES), text.replace("build.outputs.names", "build.outputs.name"));
  expect(await actionlint()).toContain('property "name" is not defined');
});
