import { execFile } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  createContentCipher,
  createTransitCipher,
  type KeyRing,
  type TransitCipher,
} from "@mobile-ai-agent/content-cipher";
import { type ConversationStore, createConversationStore } from "@mobile-ai-agent/conversation-store";
import { hurriedClock, newContentKeys, ringOf, startMongo } from "@mobile-ai-agent/test-support";
import { type Db, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { kubectlOn, type PlatformKubectl } from "../platform-kubectl.ts";
import { type ApiServer, startApiServer } from "../pulumi/kubernetes-plugin/testing/api-server.ts";
import { begun, finished } from "./content-key-file.ts";
import { readContentSecret } from "./content-secret.ts";
import { finishRotation, rotateContent } from "./rotate-content.ts";

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, "../../apps/context-protocol-server/src/main.ts");
const FILES = { "content-keys": "master-keys", "transit-keys": "transit-keys" };
const HOUR_LATER = () => new Date(Date.now() + 66 * 60_000);
const wait = { patienceMs: 20_000, pollMs: 50 };

let server: ApiServer;
let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let folder: string;
let real: PlatformKubectl;
let cleanup: AsyncDisposableStack;

beforeAll(async () => {
  [server, mongo] = await Promise.all([startApiServer(), startMongo()]);
  client = await MongoClient.connect(mongo.uri);
  folder = await mkdtemp(join(tmpdir(), "rotation-"));
  await writeFile(join(folder, "kubeconfig"), server.kubeconfig, { mode: 0o600 });
  const platform = {
    cluster: "context" as const,
    kubeconfig: join(folder, "kubeconfig"),
    context: "test",
    kubectl: process.env.KUBECTL_BINARY || "kubectl",
    namespace: "agent",
  };
  real = kubectlOn(platform, AbortSignal.timeout(600_000));
  await real(["create", "namespace", "agent"]);
});
afterAll(async () => {
  await client?.close();
  await Promise.all([server?.stop(), mongo?.stop()]);
  if (folder) await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  cleanup = new AsyncDisposableStack();
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "content-keys" },
    stringData: { "master-keys": `${newContentKeys(2)}\n`, "transit-keys": `${newContentKeys(2)}\n` },
  };
  await real(["create", "-f", "-"], { input: JSON.stringify(secret) });
});
afterEach(async () => {
  await cleanup.disposeAsync();
  await real(["delete", "secret", "content-keys"]);
});

/** A pod as far as keys go: its own mounted files, which its processes follow, and the stores over them. */
interface Pod {
  readonly name: string;
  readonly folder: string;
  /** Its kubelet brings no changes while this holds. */
  paused: boolean;
  readonly store: ConversationStore;
  readonly transit: TransitCipher;
}

async function startPod(name: string, db: Db): Promise<Pod> {
  const home = join(folder, randomUUID());
  const { files } = await readContentSecret(real);
  for (const [mount, file] of Object.entries(FILES)) await swap(join(home, mount), file, files[file] ?? "");
  const ring = (mount: keyof typeof FILES): KeyRing => {
    const followed = ringOf(files[FILES[mount]] ?? "", join(home, mount, FILES[mount]));
    cleanup.defer(() => followed.close());
    return followed;
  };
  // Keys are forgotten at once, so that every request unwraps one.
  const cipher = createContentCipher(db, ring("content-keys"), { now: hurriedClock() });
  return {
    ...{ name, folder: home, paused: false, store: createConversationStore(db, cipher) },
    transit: createTransitCipher(ring("transit-keys")),
  };
}

/** As the kubelet does: a link to a new folder takes the place of the old one. */
async function swap(mount: string, file: string, content: string): Promise<void> {
  const version = `..${randomUUID()}`;
  await mkdir(join(mount, version), { recursive: true });
  await writeFile(join(mount, version, file), content);
  await symlink(version, join(mount, "..new"));
  await rename(join(mount, "..new"), join(mount, "..data"));
  await symlink(`..data/${file}`, join(mount, file)).catch(() => {});
}

/** A platform of three pods, whose kubelets bring changed Secrets at different times, and a real API server and database. */
async function startPlatform() {
  const db = client.db(`rotation-${randomUUID().slice(0, 8)}`);
  const pods = await Promise.all(["one", "two", "three"].map((name) => startPod(name, db)));
  await pods[0]?.store.createIndexes();
  const stopping = new AbortController();
  const kubelets = (async () => {
    while (!stopping.signal.aborted) {
      const { files } = await readContentSecret(real);
      for (const pod of pods) {
        if (pod.paused || randomInt(3) > 0) continue;
        for (const [mount, file] of Object.entries(FILES))
          await swap(join(pod.folder, mount), file, files[file] ?? "");
      }
      await sleep(20);
    }
  })();
  cleanup.defer(async () => {
    stopping.abort();
    await kubelets;
  });
  return { db, pods, kubectl: kubectlWith(pods, db.databaseName) };
}

/** kubectl of the real API server, which has no nodes: what is executed in pods runs here, with the pod's own files. */
function kubectlWith(pods: readonly Pod[], database: string): PlatformKubectl {
  return async (args, options) => {
    if (args[0] === "get" && args[1] === "pods") return JSON.stringify({ items: pods.map(describe) });
    if (args[0] !== "exec") return await real(args, options);
    const pod = pods.find(({ name }) => name === args[1]) ?? (pods[0] as Pod);
    const command = args
      .slice(4)
      .map((arg) => arg.replace("/run/secrets", pod.folder).replace("main.mjs", MAIN));
    const env = {
      MONGODB_URI: mongo.uri.replace(/\/test$/, `/${database}`),
      CONTENT_KEYS_FILE: join(pod.folder, "content-keys/master-keys"),
    };
    return (await run(process.execPath, command, { env })).stdout;
  };
}

function describe({ name }: Pod): object {
  const mounts = Object.entries(FILES);
  return {
    metadata: { name },
    status: { phase: "Running" },
    spec: {
      volumes: mounts.map(([mount, file]) => ({
        name: mount,
        secret: { secretName: "content-keys", items: [{ key: file, path: file }] },
      })),
      containers: [
        { volumeMounts: mounts.map(([mount]) => ({ name: mount, mountPath: `/run/secrets/${mount}` })) },
      ],
    },
  };
}

/** Users who write and read on any pod, without a pause, until they are stopped. */
function startUsers(pods: readonly Pod[]) {
  const sessions: { userId: string; sessionId: string; texts: string[] }[] = [];
  const failures: unknown[] = [];
  let requests = 0;
  let stopped = false;
  const anyOf = <T>(list: readonly T[]) => list[randomInt(list.length)] as T;
  const work = async (request: () => Promise<void>) => {
    while (!stopped) {
      await request().catch((error) => failures.push(error));
      requests++;
      await sleep(1);
    }
  };
  const write = async () => {
    if (sessions.length < 5 || randomInt(5) === 0) {
      const userId = randomUUID();
      const { id: sessionId } = (await anyOf(pods).store.sessions.create({ userId })).session;
      sessions.push({ userId, sessionId, texts: [] });
    }
    const { userId, sessionId, texts } = anyOf(sessions);
    const content = `text ${randomUUID()}`;
    await anyOf(pods).store.messages.addUserMessage({ sessionId, userId, type: "text", content });
    texts.push(content);
  };
  const read = async () => {
    if (sessions.length === 0) return;
    const { userId, sessionId, texts } = anyOf(sessions);
    const known = [...texts];
    expect(await anyOf(pods).store.sessions.get(sessionId, userId)).toBeDefined();
    const found = await anyOf(pods).store.messages.list(sessionId, { limit: 1000 });
    expect(found.map(({ content }) => content)).toEqual(expect.arrayContaining(known));
    const sealed = anyOf(pods).transit.seal(["run", "1-0"], "token");
    expect(anyOf(pods).transit.open(["run", "1-0"], sealed)).toBe("token");
  };
  const working = Promise.all([work(write), work(read), work(read)]);
  return {
    sessions,
    failures,
    requests: () => requests,
    async stop() {
      stopped = true;
      await working;
    },
  };
}

const masterIds = async (db: Db) => [...new Set(await db.collection("data_keys").distinct("key_id"))];

test("two rotations fail no request of users who write and read meanwhile, and leave nothing to the old keys", async () => {
  const { db, pods, kubectl } = await startPlatform();
  const users = startUsers(pods);
  const backups: string[][] = [];
  const before = (await readContentSecret(real)).files;
  for (let round = 0; round < 2; round++) {
    await expect.poll(() => users.requests(), { timeout: 20_000 }).toBeGreaterThan((round + 1) * 100);
    expect(await rotateContent({ kubectl, wait })).toBeGreaterThan(0);
    await expect(finishRotation({ kubectl, backUp: async () => {} })).rejects.toThrow(/wait 6\d min/);
    const backUp = async () => void backups.push(await masterIds(db));
    await finishRotation({ kubectl, wait, now: HOUR_LATER(), backUp });
  }
  const { files } = await readContentSecret(real);
  for (const pod of pods) pod.paused = false;
  await expect
    .poll(() =>
      pods.every(
        ({ transit }) => transit.seal([], "").slice(0, 14) === pods[0]?.transit.seal([], "").slice(0, 14),
      ),
    )
    .toBe(true);
  await users.stop();
  expect(users.failures).toEqual([]);
  expect(users.requests()).toBeGreaterThan(200);
  for (const [name, file] of Object.entries(files)) {
    expect(file.trim().split("\n")).toHaveLength(2);
    for (const line of file.trim().split("\n")) expect(before[name]).not.toContain(line);
  }
  // What a backup of a rotation's end has needs the keys that stay.
  for (const ids of backups) expect(ids).toHaveLength(1);
  expect(await masterIds(db)).toEqual(backups[1]);
  const last = await startPod("new", db);
  for (const { sessionId, texts } of users.sessions) {
    const found = await last.store.messages.list(sessionId, { limit: 1000 });
    expect(found.map(({ content }) => content).sort()).toEqual([...texts].sort());
  }
}, 300_000);

test("a rotation that was interrupted goes on, and waits for a pod that is behind", async () => {
  const { pods, kubectl } = await startPlatform();
  const users = startUsers(pods);
  await expect.poll(() => users.requests(), { timeout: 20_000 }).toBeGreaterThan(30);
  const [late] = pods;
  if (late) late.paused = true;
  const short = { patienceMs: 500, pollMs: 50 };
  await expect(rotateContent({ kubectl, wait: short })).rejects.toThrow(
    /do not have the changed keys yet: one/,
  );
  const { files } = await readContentSecret(real);
  if (late) late.paused = false;
  expect(await rotateContent({ kubectl, wait })).toBeGreaterThan(0);
  expect((await readContentSecret(real)).files).toEqual(files);
  await users.stop();
  expect(users.failures).toEqual([]);
}, 170_000);

/** What shows that the tests above could fail. */
test.each([
  ["the old key is dropped before the data keys are wrapped anew", (file: string) => finished(begun(file))],
  ["a new key comes into use before everybody knows it", (file: string) => `${newContentKeys(1)}\n${file}`],
])(
  "a planted fault: %s",
  async (_name, how) => {
    const { pods } = await startPlatform();
    const users = startUsers(pods);
    await expect.poll(() => users.requests(), { timeout: 20_000 }).toBeGreaterThan(30);
    expect(users.failures).toEqual([]);
    const [late] = pods;
    if (late) late.paused = true;
    await (await readContentSecret(real)).change(how);
    await expect.poll(() => users.failures.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await users.stop();
    expect(JSON.stringify(users.failures[0])).toContain("key_missing");
  },
  60_000,
);
