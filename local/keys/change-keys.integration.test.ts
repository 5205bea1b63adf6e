import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kubectlOn, type PlatformKubectl } from "../platform-kubectl.ts";
import { type ApiServer, startApiServer } from "../pulumi/kubernetes-plugin/testing/api-server.ts";
import { changeKeys } from "./change-keys.ts";
import { keyIds, replaced } from "./key-file.ts";

let server: ApiServer;
let folder: string;
let kubectl: PlatformKubectl;

beforeAll(async () => {
  server = await startApiServer();
  folder = await mkdtemp(join(tmpdir(), "keys-"));
  await writeFile(join(folder, "kubeconfig"), server.kubeconfig, { mode: 0o600 });
  const platform = {
    cluster: "context" as const,
    kubeconfig: join(folder, "kubeconfig"),
    context: "test",
    kubectl: process.env.KUBECTL_BINARY || "kubectl",
    namespace: "agent",
  };
  kubectl = kubectlOn(platform, AbortSignal.timeout(50_000));
  await kubectl(["create", "namespace", "agent"]);
});
afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const stored = async () => {
  const { data } = JSON.parse(await kubectl(["get", "secret", "jwt-credentials", "-o", "json"]));
  return { ids: keyIds(Buffer.from(data["private.pem"], "base64").toString()), other: data.other };
};
const after = (minutes: number) => new Date(Date.now() + minutes * 60_000);

test("without keys the failure says what to do", async () => {
  await expect(changeKeys(kubectl, "rotate")).rejects.toThrow(/npm run up/);
});

test("keys rotate once what they have signed is over, and are replaced at once", async () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "jwt-credentials" },
    stringData: { "private.pem": replaced(), other: "kept" },
  };
  await kubectl(["create", "-f", "-"], { input: JSON.stringify(secret) });
  const [current, next] = (await stored()).ids;
  const ids = await changeKeys(kubectl, "rotate");
  expect(ids).toEqual([next, expect.any(String), current]);
  expect(await stored()).toEqual({ ids, other: Buffer.from("kept").toString("base64") });

  await expect(changeKeys(kubectl, "rotate", after(20))).rejects.toThrow(/wait 1[56] min/);
  expect((await stored()).ids).toEqual(ids);
  expect(await changeKeys(kubectl, "rotate", after(36))).toEqual([ids[1], expect.any(String), ids[0]]);

  const replacedIds = await changeKeys(kubectl, "replace");
  expect(replacedIds).toHaveLength(2);
  expect(replacedIds.filter((id) => ids.includes(id))).toEqual([]);
});

test("a change that came between is not overwritten", async () => {
  const between: PlatformKubectl = async (args, options) => {
    const output = await kubectl(args, options);
    if (args[0] === "get") await kubectl(["label", "secret", "jwt-credentials", "changed=meanwhile"]);
    return output;
  };
  const { ids } = await stored();
  await expect(changeKeys(between, "replace")).rejects.toThrow(/run it again/);
  expect((await stored()).ids).toEqual(ids);
});
