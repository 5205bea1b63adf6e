import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { copyPackages, findClosure } from "./native-modules.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "closure-"));
});
afterEach(() => rm(root, { recursive: true }));

async function install(place: string, manifest: object): Promise<void> {
  const folder = join(root, place);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
}

const ids = async (...names: string[]) => (await findClosure(names, root)).map(({ id }) => id);

it("finds nested and shared dependencies, each version once", async () => {
  await install("node_modules/a", { name: "a", dependencies: { b: "2", c: "1" } });
  await install("node_modules/a/node_modules/b", { name: "b", version: "2.0.0", dependencies: { c: "1" } });
  await install("node_modules/b", { name: "b" });
  await install("node_modules/c", { name: "c", dependencies: { b: "1" } });
  expect(await ids("a")).toEqual(["a@1.0.0", "b@2.0.0", "b@1.0.0", "c@1.0.0"]);
});

it("takes optional dependencies that fit this machine, and leaves the others", async () => {
  const optionalDependencies = { fits: "1", foreign: "1", absent: "1" };
  await install("node_modules/a", { name: "a", optionalDependencies });
  await install("node_modules/fits", { name: "fits", os: [process.platform], cpu: [process.arch] });
  await install("node_modules/foreign", { name: "foreign", cpu: ["s390x"] });
  expect(await ids("a")).toEqual(["a@1.0.0", "fits@1.0.0"]);
});

it("refuses to leave out a required dependency", async () => {
  await install("node_modules/a", { name: "a", dependencies: { missing: "1" } });
  await expect(ids("a")).rejects.toThrow("missing, which node_modules/a needs, is not installed");
});

it("copies a package without the packages nested in it that nobody asked for, and without types", async () => {
  await install("node_modules/a", { name: "a" });
  await install("node_modules/a/node_modules/dev", { name: "dev" });
  await writeFile(join(root, "node_modules/a/index.js"), "");
  await writeFile(join(root, "node_modules/a/index.d.ts"), "");
  const target = join(root, "target");
  await copyPackages(await findClosure(["a"], root), root, target);
  expect((await readdir(join(target, "node_modules/a"))).sort()).toEqual(["index.js", "package.json"]);
});
