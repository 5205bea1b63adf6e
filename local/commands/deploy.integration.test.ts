import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVICE_IMAGES } from "../images/index.ts";
import { REPOSITORY } from "../repository.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deploy-"));
  await mkdir(join(folder, "state"));
  const cluster = { name: "none", cluster: { server: "https://127.0.0.1:1" } };
  const context = { name: "none", context: { cluster: "none", user: "none" } };
  const users = [{ name: "none", user: {} }];
  await writeFile(
    join(folder, "kubeconfig"),
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", clusters: [cluster], users, contexts: [context] },
      "current-context": "none",
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function environment() {
  const engine = process.env.PULUMI_BINARY ? `${dirname(process.env.PULUMI_BINARY)}:` : "";
  return {
    PATH: `${engine}${process.env.PATH}`,
    INIT_CWD: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    PULUMI_BACKEND_URL: pathToFileURL(join(folder, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "only of this test",
  };
}

/** The command as a workflow runs it, with the state in a folder and a cluster that is out of reach. */
async function deploy(names: readonly string[]) {
  const images = names.map((name) => [
    name,
    { reference: `ghcr.io/you/agent/${name}@${DIGEST}`, tag: "1", digest: DIGEST },
  ]);
  await writeFile(join(folder, "images.json"), JSON.stringify(Object.fromEntries(images)));
  return await execa(
    process.execPath,
    [join(REPOSITORY, "local/main.ts"), "deploy", "--stack", "local", "--images", "images.json"],
    { env: environment(), reject: false, all: true },
  );
}

describe("npm run deploy", { timeout: 180_000 }, () => {
  it("makes no stack where there is none", async () => {
    const { exitCode, all } = await deploy(SERVICE_IMAGES);
    expect(exitCode, all).toBe(1);
    expect(all).toContain('there is no stack "local" in file://');
    const init = ["stack", "init", "local", "--non-interactive", "--cwd", folder];
    await writeFile(join(folder, "Pulumi.yaml"), "name: mobile-ai-agent\nruntime: nodejs\n");
    await execa(process.env.PULUMI_BINARY ?? "pulumi", init, { env: environment() });
  });

  it("makes nothing when a policy refuses: an image without a digest would go by tag", async () => {
    const { exitCode, all } = await deploy(SERVICE_IMAGES.filter((name) => name !== "redis"));
    expect(exitCode, all).toBe(1);
    expect(all).toContain("pinned-images");
    expect(all).toContain("ghcr.io/you/agent/redis:dev, which is not named by digest");
    const state = await readFile(join(folder, "state/.pulumi/stacks/mobile-ai-agent/local.json"), "utf8");
    expect(JSON.parse(state).checkpoint.latest?.resources ?? []).toEqual([]);
  });

  it("passes the policies by digest, and goes on to the cluster", async () => {
    const { exitCode, all } = await deploy(SERVICE_IMAGES);
    expect(exitCode, all).toBe(1);
    expect(all).not.toContain("pinned-images");
    expect(all).toMatch(/the update failed:\n +namespace mobile-ai-agent/);
  });
});
