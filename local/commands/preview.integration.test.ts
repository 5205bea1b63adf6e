import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY } from "../repository.ts";

const COPIED = [
  "infra",
  "local",
  "policies",
  "package.json",
  "Pulumi.yaml",
  "Pulumi.local.yaml",
  "Pulumi.prod.yaml",
];
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "preview test's-"));
  for (const name of COPIED) await cp(join(REPOSITORY, name), join(copy, name), { recursive: true });
  await symlink(join(REPOSITORY, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => rm(copy, { recursive: true, force: true }));

/** The command as people run it, with nothing of this machine but the engine. */
async function preview(root: string, stack: string) {
  const engine = process.env.PULUMI_BINARY ? `${dirname(process.env.PULUMI_BINARY)}:` : "";
  return await execa(process.execPath, [join(root, "local", "main.ts"), "preview", "--stack", stack], {
    env: {
      PATH: `${engine}${process.env.PATH}`,
      XDG_CACHE_HOME: join(copy, "cache"),
      KUBECONFIG: "/dev/null",
      ...Object.fromEntries(
        Object.keys(process.env)
          .filter((name) => name.startsWith("AWS_"))
          .map((name) => [name, ""]),
      ),
    },
    reject: false,
  });
}

async function edit(file: string, from: string, to: string): Promise<() => Promise<void>> {
  const path = join(copy, file);
  const original = await readFile(path, "utf8");
  expect(original).toContain(from);
  await writeFile(path, original.replace(from, to));
  return () => writeFile(path, original);
}

describe("npm run preview", { timeout: 120_000 }, () => {
  test("finds nothing to refuse in this repository, without a cluster", async () => {
    const { stdout, stderr, exitCode } = await preview(REPOSITORY, "local");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/\d+ to create/);
    expect(stdout).toContain("mobile-ai-agent-kubernetes: 0 refused");
    expect(stdout).not.toContain("can't run policy");
  });

  test("refuses a privileged container, naming the rule, the resource and the smallest change", async () => {
    const undo = await edit(
      "infra/components/pod.ts",
      "allowPrivilegeEscalation: false,",
      "privileged: true, allowPrivilegeEscalation: false,",
    );
    const { stdout, stderr, exitCode } = await preview(copy, "local");
    await undo();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'refused no-privilege-escalation: deployment "api-gateway": container "api-gateway" is privileged. ' +
        "Smallest change that passes: remove spec.template.spec.containers[0].securityContext.privileged.",
    );
    expect(stderr).toContain("the policies refuse");
  });

  test("refuses autoscalers that fight, which only the whole stack shows", async () => {
    const undo = await edit("infra/components/app-service.ts", 'updateMode: "Off"', 'updateMode: "Recreate"');
    const { stdout, exitCode } = await preview(copy, "local");
    await undo();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('refused one-autoscaler-per-metric: vertical pod autoscaler "api-gateway": ');
  });

  test("doesn't pass when a pack can't start", async () => {
    const undo = await edit(
      "policies/kubernetes/index.ts",
      "new PolicyPack",
      "throw new Error(); new PolicyPack",
    );
    const { stderr, exitCode } = await preview(copy, "local");
    await undo();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the preview failed");
  });

  test("finds nothing to refuse in production, without an account and with both packs", async () => {
    const { stdout, stderr, exitCode, durationMs } = await preview(REPOSITORY, "prod");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/\d+ to create/);
    expect(stdout).toContain("mobile-ai-agent-aws, mobile-ai-agent-kubernetes: 0 refused, 0 advised");
    expect(durationMs).toBeLessThan(60_000);
  });

  test("refuses a database in production that its nodes are not alone to reach, and ends with an error", async () => {
    const undo = await edit(
      "infra/data/documentdb.ts",
      "from: { nodes: { port: PORT, group: site.nodes } }",
      'from: { nodes: { port: PORT, range: "0.0.0.0/0" } }',
    );
    const { stdout, stderr, exitCode } = await preview(copy, "prod");
    await undo();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'refused security-group-closed: security group ingress rule "mongodb-from-nodes": everybody may reach port ' +
        "27017. Smallest change that passes: set cidrIpv4 to",
    );
    expect(stderr).toContain("the policies refuse");
  });

  test("says which stacks there are", async () => {
    const { stderr, exitCode } = await preview(REPOSITORY, "staging");
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no stack "staging": choose --stack local or prod');
  });
});
