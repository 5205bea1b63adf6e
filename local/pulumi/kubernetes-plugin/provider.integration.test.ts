import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Json, listAt, textAt } from "../provider-kit/values.ts";
import { type ApiServer, startApiServer } from "./testing/api-server.ts";
import { createTestStack, type Declare, type TestStack } from "./testing/stack.ts";

let server: ApiServer;
let environment: TestStack;

beforeAll(async () => {
  server = await startApiServer();
});
afterAll(async () => {
  await server?.stop();
});
beforeEach(async () => {
  environment = await createTestStack(server.kubeconfig);
  return async () => {
    environment.use(() => undefined);
    await environment.remove();
  };
});

const up = () => environment.stack.up({ color: "never" });

function configMap(name: string | undefined, data: Json, extra: Json = {}) {
  return (declare: Declare): void => {
    const metadata = name === undefined ? {} : { name };
    declare("core/v1:ConfigMap", "settings", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data,
      ...extra,
    });
  };
}

function deployment(name: string, annotations: Json = {}) {
  return (declare: Declare): void => {
    declare("apps/v1:Deployment", "web", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, annotations },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [{ name: "main", image: "example/main:1", resources: { limits: { cpu: "1000m" } } }],
          },
        },
      },
    });
  };
}

const getMap = (name: string) =>
  server.client.get({ apiVersion: "v1", kind: "ConfigMap", name, namespace: "default" });
const deploymentRef = (name: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  name,
  namespace: "default",
});

async function eventually<T>(check: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const value = await check();
    if (value !== undefined) return value;
    await delay(100);
  }
  throw new Error("did not happen within 30 s");
}

async function writeStatus(path: string, status: Json): Promise<void> {
  const type = "application/merge-patch+json";
  await server.client.request("PATCH", `${path}/status`, { body: { status }, type });
}

/** Plays the Deployment controller. */
async function becomeReady(name: string): Promise<void> {
  const live = await eventually(() => server.client.get(deploymentRef(name)));
  const observedGeneration = (live.metadata as { generation: number }).generation;
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  await writeStatus(`/apis/apps/v1/namespaces/default/deployments/${name}`, {
    observedGeneration,
    ...counts,
  });
}

/** Plays the garbage collector, which lets go of what was deleted in the foreground. */
async function collectGarbage(name: string): Promise<void> {
  await eventually(async () => {
    const live = await server.client.get(deploymentRef(name));
    return textAt(live, "metadata", "deletionTimestamp");
  });
  const type = "application/merge-patch+json";
  const body = { metadata: { finalizers: null } };
  await server.client.request("PATCH", `/apis/apps/v1/namespaces/default/deployments/${name}`, {
    body,
    type,
  });
}

async function resourceInState(type: string): Promise<Json | undefined> {
  const { deployment: state } = await environment.stack.exportStack();
  return listAt(state, "resources").find((item) => item.type === type);
}

describe("an object's life", () => {
  test("create, no changes, update, delete", async () => {
    environment.use(configMap("life", { color: "red", size: "1" }));
    expect((await up()).summary.resourceChanges?.create).toBe(3);
    expect(textAt(await getMap("life"), "data", "color")).toBe("red");

    expect((await up()).summary.resourceChanges).toEqual({ same: 3 });

    environment.use(configMap("life", { color: "blue" }));
    expect((await up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect((await getMap("life"))?.data).toEqual({ color: "blue" });

    await environment.stack.destroy({ color: "never" });
    expect(await getMap("life")).toBeUndefined();
  });

  test("a name is chosen, kept over updates and changed by a replacement, which comes first", async () => {
    environment.use(configMap(undefined, { color: "red" }, { immutable: true }));
    await up();
    const first = String((await resourceInState("kubernetes:core/v1:ConfigMap"))?.id).replace("default/", "");
    expect(first).toMatch(/^settings-[0-9a-f]{8}$/);
    expect((await up()).summary.resourceChanges).toEqual({ same: 3 });

    environment.use(configMap(undefined, { color: "blue" }, { immutable: true }));
    const replaced = await up();
    expect(replaced.summary.resourceChanges).toMatchObject({ replace: 1 });
    const second = String((await resourceInState("kubernetes:core/v1:ConfigMap"))?.id).replace(
      "default/",
      "",
    );
    expect(second).not.toBe(first);
    expect(await getMap(first)).toBeUndefined();
    expect(textAt(await getMap(second), "data", "color")).toBe("blue");
    await environment.stack.destroy();
  });

  test("a given name is free before its replacement takes it", async () => {
    environment.use(configMap("frozen", { color: "red" }, { immutable: true }));
    await up();
    const uid = textAt(await getMap("frozen"), "metadata", "uid");
    environment.use(configMap("frozen", { color: "blue" }, { immutable: true }));
    await up();
    const now = await getMap("frozen");
    expect(textAt(now, "data", "color")).toBe("blue");
    expect(textAt(now, "metadata", "uid")).not.toBe(uid);
    await environment.stack.destroy();
  });

  test("a secret's data is encrypted in the state, also where it was not marked", async () => {
    environment.use((declare) => {
      const data = { password: Buffer.from("hunter2-password").toString("base64") };
      const stringData = { token: "plain-token-text" };
      declare("core/v1:Secret", "login", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "login" },
        data,
        stringData,
      });
    });
    await up();
    const state = readFileSync(join(environment.home, ".pulumi/stacks/plugin-test/test.json"), "utf8");
    expect(state).not.toContain(Buffer.from("hunter2-password").toString("base64"));
    expect(state).not.toContain("plain-token-text");
    expect(state).toContain("__inputs");
    expect((await up()).summary.resourceChanges).toEqual({ same: 3 });
    await environment.stack.destroy();
  });
});

describe("what others do", () => {
  test("refresh sees drift, and the next up repairs it", async () => {
    environment.use(configMap("drift", { color: "red" }));
    await up();
    const body = { data: { color: "green", theirs: "stays" } };
    const type = "application/merge-patch+json";
    await server.client.request("PATCH", "/api/v1/namespaces/default/configmaps/drift", { body, type });
    await environment.stack.refresh({ color: "never" });
    expect((await up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect((await getMap("drift"))?.data).toEqual({ color: "red", theirs: "stays" });

    await server.client.delete(
      { apiVersion: "v1", kind: "ConfigMap", name: "drift", namespace: "default" },
      "Background",
    );
    await environment.stack.refresh({ color: "never" });
    expect((await up()).summary.resourceChanges).toMatchObject({ create: 1 });
    await environment.stack.destroy();
  });

  test("an object made outside is imported as it is, then managed", async () => {
    const made = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "theirs" },
      data: { color: "red" },
    };
    await server.client.request("POST", "/api/v1/namespaces/default/configmaps", {
      body: made,
      type: "application/json",
    });
    const uid = textAt(await getMap("theirs"), "metadata", "uid");
    const declareIt =
      (color: string, options: Json) =>
      (declare: Declare): void => {
        declare("core/v1:ConfigMap", "theirs", { ...made, data: { color } }, options);
      };
    environment.use(declareIt("red", { import: "default/theirs" }));
    expect((await up()).summary.resourceChanges).toMatchObject({ import: 1 });
    environment.use(declareIt("blue", {}));
    expect((await up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect(textAt(await getMap("theirs"), "metadata", "uid")).toBe(uid);
    expect(textAt(await getMap("theirs"), "data", "color")).toBe("blue");
    await environment.stack.destroy();
  });
});

describe("waiting", () => {
  test("a rollout is waited for, and a refresh of it finds no change", async () => {
    environment.use(deployment("rolls"));
    const [result] = await Promise.all([up(), becomeReady("rolls")]);
    expect(result.summary.result).toBe("succeeded");
    await environment.stack.refresh({ color: "never" });
    expect((await up()).summary.resourceChanges).toEqual({ same: 3 });
    await Promise.all([environment.stack.destroy(), collectGarbage("rolls")]);
    expect(await server.client.get(deploymentRef("rolls"))).toBeUndefined();
  });

  test("a failed rollout tells why, stays in the state, and the next up goes on", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "broken-1", labels: { app: "broken" } },
      spec: { containers: [{ name: "main", image: "example/main:1" }] },
    };
    await server.client.request("POST", "/api/v1/namespaces/default/pods", {
      body: pod,
      type: "application/json",
    });
    const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "example/main:1"' };
    const containerStatuses = [
      { name: "main", image: "", imageID: "", ready: false, restartCount: 0, state: { waiting } },
    ];
    await writeStatus("/api/v1/namespaces/default/pods/broken-1", { phase: "Pending", containerStatuses });
    environment.use(deployment("broken", { "pulumi.com/timeoutSeconds": "1" }));
    const failure = await up().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(failure).toContain("not ready after 1 s");
    expect(failure).toContain(
      'pod broken-1, container main: ImagePullBackOff: Back-off pulling image "example/main:1"',
    );
    const recorded = await resourceInState("kubernetes:apps/v1:Deployment");
    expect(recorded?.id).toBe("default/broken");
    expect(recorded?.initErrors).toBeDefined();

    await becomeReady("broken");
    expect((await up()).summary.resourceChanges).toMatchObject({ update: 1 });
    expect((await resourceInState("kubernetes:apps/v1:Deployment"))?.initErrors).toBeUndefined();
    await Promise.all([environment.stack.destroy(), collectGarbage("broken")]);
  });

  test("a cancelled operation keeps what it made, and the next up goes on", async () => {
    environment.use(deployment("cancelled"));
    const running = up().then(
      () => "finished",
      (error: Error) => error.message,
    );
    await eventually(() => server.client.get(deploymentRef("cancelled")));
    for (const pid of processesOf(environment.home, "pulumi")) process.kill(pid, "SIGINT");
    expect(await running).toContain("stopped while waiting");
    expect((await resourceInState("kubernetes:apps/v1:Deployment"))?.id).toBe("default/cancelled");
    await becomeReady("cancelled");
    await up();
    await Promise.all([environment.stack.destroy(), collectGarbage("cancelled")]);
  });

  test("after a kill in the middle, the plugin ends too and up makes the same object good", async () => {
    environment.use(deployment("killed"));
    const running = up().catch(() => "killed");
    const made = await eventually(() => server.client.get(deploymentRef("killed")));
    for (const pid of processesOf(environment.home, "pulumi")) process.kill(pid, "SIGKILL");
    expect(await running).toBe("killed");
    await eventually(async () => (processesOf(environment.home, "main.ts").length === 0 ? true : undefined));
    await environment.stack.cancel();
    const [result] = await Promise.all([up(), becomeReady("killed")]);
    expect(result.summary.result).toBe("succeeded");
    const now = await server.client.get(deploymentRef("killed"));
    expect(textAt(now, "metadata", "uid")).toBe(textAt(made, "metadata", "uid"));
    await Promise.all([environment.stack.destroy(), collectGarbage("killed")]);
  });
});

describe("definitions", () => {
  test("a definition and an object of it are made in one go", async () => {
    environment.use((declare) => {
      const definition = declare("apiextensions.k8s.io/v1:CustomResourceDefinition", "definition", {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "widgets.example.test" },
        spec: {
          group: "example.test",
          scope: "Namespaced",
          names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { type: "object", properties: { size: { type: "integer" } } },
              },
            },
          ],
        },
      });
      const widget = { apiVersion: "example.test/v1", kind: "Widget", metadata: { name: "one" }, size: 3 };
      declare("example.test/v1:Widget", "widget", widget, { dependsOn: definition });
    });
    await environment.stack.preview();
    await up();
    const ref = { apiVersion: "example.test/v1", kind: "Widget", name: "one", namespace: "default" };
    expect((await server.client.get(ref))?.size).toBe(3);
    expect((await up()).summary.resourceChanges).toEqual({ same: 4 });
    await environment.stack.destroy();
  });
});

/** @returns the processes of this stack whose command line has the word. */
function processesOf(home: string, word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return command.includes(word) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(home);
      } catch {
        return false;
      }
    });
}
