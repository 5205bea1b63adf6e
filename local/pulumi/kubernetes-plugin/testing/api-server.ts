import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { KubernetesClient } from "../client.ts";

export interface ApiServer {
  /** Contents of a kubeconfig of an administrator. */
  readonly kubeconfig: string;
  readonly client: KubernetesClient;
  stop(): Promise<void>;
}

/**
 * Starts a real kube-apiserver and etcd on the loopback address, without nodes and controllers: a test writes the
 * status that those would.
 *
 * @param authorization whether everybody may do everything, or what roles say
 * @throws Error with the server's log when it does not get ready, naming the binary when it is missing.
 */
export async function startApiServer(
  authorization: "AlwaysAllow" | "RBAC" = "AlwaysAllow",
): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), "api-server-"));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const token = randomBytes(16).toString("hex");
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const at = (name: string): string => join(folder, name);
  await writeFile(at("private.pem"), keys.privateKey.export({ type: "pkcs8", format: "pem" }));
  await writeFile(at("public.pem"), keys.publicKey.export({ type: "spki", format: "pem" }));
  await writeFile(at("tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const etcd = run(process.env.ETCD_BINARY || "etcd", [
    `--data-dir=${at("etcd")}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    "--unsafe-no-fsync",
  ]);
  const server = run(process.env.KUBE_APISERVER_BINARY || "kube-apiserver", [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--cert-dir=${at("certificates")}`,
    `--token-auth-file=${at("tokens.csv")}`,
    `--authorization-mode=${authorization}`,
    "--disable-admission-plugins=ServiceAccount",
    "--service-account-issuer=https://issuer.test",
    `--service-account-key-file=${at("public.pem")}`,
    `--service-account-signing-key-file=${at("private.pem")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
  ]);
  const processes = [server, etcd];
  const stop = async (): Promise<void> => {
    for (const process of processes) await process.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const certificate = await awaitReady(
      `https://127.0.0.1:${port}`,
      token,
      at("certificates/apiserver.crt"),
      processes,
    );
    const kubeconfig = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      clusters: [
        {
          name: "test",
          cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority-data": certificate },
        },
      ],
      users: [{ name: "test", user: { token } }],
    });
    return { kubeconfig, client: clientOf(kubeconfig), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function clientOf(kubeconfig: string): KubernetesClient {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  return new KubernetesClient({ config, namespace: "default" });
}

interface Daemon {
  /** Why it ended, or undefined while it runs. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

function run(binary: string, args: readonly string[]): Daemon {
  let log = "";
  let end: string | undefined;
  const child: ChildProcess = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  process.once("exit", () => child.kill("SIGKILL"));
  child.stderr?.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  const exited = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      end = `${binary}: ${error.message}; run through \`npm test\`, which provides it`;
      resolve();
    });
    child.on("exit", (code, signal) => {
      end = `${binary} ended with ${signal ?? code}:\n${log}`;
      resolve();
    });
  });
  return {
    ended: () => end,
    stop: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** @returns the server's own certificate in Base64, which signs itself. */
async function awaitReady(
  origin: string,
  token: string,
  certificateFile: string,
  daemons: readonly Daemon[],
): Promise<string> {
  const deadline = Date.now() + 50_000;
  for (;;) {
    const certificate = await readFile(certificateFile, "base64").catch(() => "");
    if (certificate && (await isReady(origin, token, certificate))) return certificate;
    const end = daemons.map((daemon) => daemon.ended()).find(Boolean);
    if (end || Date.now() > deadline) throw new Error(end ?? `${origin} did not get ready within 50 s`);
    await delay(200);
  }
}

async function isReady(origin: string, token: string, certificate: string): Promise<boolean> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "test", server: origin, caData: certificate, skipTLSVerify: false },
    { name: "test", token },
  );
  const client = new KubernetesClient({ config, namespace: "default" });
  try {
    await client.request("GET", "/readyz");
    return (await client.get({ apiVersion: "v1", kind: "Namespace", name: "default" })) !== undefined;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
