import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Instance, resolveInstance } from "../instance.ts";
import { PLUGIN_VERSION } from "./kubernetes-plugin/install.ts";
import { ensureKubernetesPlugin } from "./provider-plugin.ts";
import { engineEnvironment, prepareEngine } from "./workspace.ts";

const NAME = `resource-kubernetes-v${PLUGIN_VERSION}`;
const EXECUTABLE = "pulumi-resource-kubernetes";
const ctx = { report: () => {}, signal: new AbortController().signal };
let root: string;
let instance: Instance;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "engine-"));
  instance = resolveInstance("default", { XDG_STATE_HOME: root });
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** A stand-in for the engine's executable. */
async function script(text: string): Promise<string> {
  const path = join(root, "it's pulumi");
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("prepareEngine", () => {
  test("makes one passphrase, readable by its owner only, and keeps it", async () => {
    const { passphrase } = await prepareEngine(instance, "/bin/true");
    const first = await readFile(passphrase, "utf8");
    await prepareEngine(instance, "/bin/true");
    expect(await readFile(passphrase, "utf8")).toBe(first);
    expect(first.length).toBeGreaterThanOrEqual(43);
    expect((await stat(passphrase)).mode & 0o777).toBe(0o600);
  });

  test("launches the engine with its arguments, whatever its path", async () => {
    const { engine } = await prepareEngine(instance, await script('echo "got $1"'));
    const { stdout } = await promisify(execFile)(join(engine, "bin", "pulumi"), ["two words"]);
    expect(stdout).toBe("got two words\n");
  });

  test("a passphrase in the person's environment is not used", async () => {
    const env = engineEnvironment(await prepareEngine(instance, "/bin/true"));
    expect(Object.hasOwn(env, "PULUMI_CONFIG_PASSPHRASE")).toBe(true);
    expect(env.PULUMI_CONFIG_PASSPHRASE).toBeUndefined();
  });
});

describe("ensureKubernetesPlugin", () => {
  const userPlugin = async (content: string) => {
    const folder = join(root, "user", "plugins", NAME);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, EXECUTABLE), content, { mode: 0o755 });
    return folder;
  };

  test("takes the official one that the person has", async () => {
    const folder = await userPlugin("\x7fELF");
    const paths = await prepareEngine(instance, "/bin/false");
    expect(await ensureKubernetesPlugin(paths, "/bin/false", ctx, join(root, "user"))).toBe("official");
    expect(await readlink(join(paths.home, "plugins", NAME))).toBe(folder);
    expect(await ensureKubernetesPlugin(paths, "/bin/false", ctx, join(root, "user"))).toBe("official");
  });

  test("leaves an unfinished one alone", async () => {
    const folder = await userPlugin("\x7fELF");
    await writeFile(`${folder}.partial`, "");
    const paths = await prepareEngine(instance, "/bin/false");
    expect(await ensureKubernetesPlugin(paths, "/bin/false", ctx, join(root, "user"))).toBe("ours");
  });

  test("takes ours when the official one can't be downloaded, and clears what the attempt left", async () => {
    const paths = await prepareEngine(instance, "/bin/false");
    const folder = join(paths.home, "plugins", NAME);
    const failing = await script(`mkdir -p '${folder}' && touch '${folder}.partial' && exit 255`);
    expect(await ensureKubernetesPlugin(paths, failing, ctx, join(root, "nobody"))).toBe("ours");
    await expect(stat(`${folder}.partial`)).rejects.toThrow("ENOENT");
    expect(await readFile(join(folder, EXECUTABLE), "utf8")).toContain("main.ts");
  });

  test("asks for a download once only", async () => {
    const paths = await prepareEngine(instance, "/bin/false");
    const counting = await script(`echo asked >> '${root}/asked'; exit 255`);
    for (let n = 0; n < 3; n++) await ensureKubernetesPlugin(paths, counting, ctx, join(root, "nobody"));
    expect(await readFile(join(root, "asked"), "utf8")).toBe("asked\n");
  });
});
