import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import tls from "node:tls";
import { signIn } from "@mobile-ai-agent/local/chat/account";
import { PlatformApi, trustAuthority } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { resolveInstance } from "@mobile-ai-agent/local/instance";
import { findPlatform, type Platform } from "@mobile-ai-agent/local/platform";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, INSTANCE, read } from "./command-line.ts";

const SERVICES = [
  ...["api-gateway", "auth-service", "context-protocol-server", "websocket-server"],
  ...["agent-orchestrator", "llm-server", "media-processing"],
];
const instance = resolveInstance(INSTANCE);
const MINUTES = 60_000;

interface List<T> {
  items: T[];
}
interface Pod {
  metadata: { name: string };
  status: { conditions?: { type: string; status: string }[] };
}

const isPodReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

let platform: Platform;

/** The tests build on one another, as a person's day does: up, talk, look, down. */
describe("a platform on a machine of its own", () => {
  beforeAll(async () => {
    await command("down");
  }, 5 * MINUTES);

  afterAll(async () => {
    await command("down");
  }, 5 * MINUTES);

  it(
    "comes up after its driver was killed in the middle of the deployment",
    async () => {
      const first = command("up");
      for await (const line of first.iterable({ from: "all" })) {
        if (/Deployment: \d+ of/.test(line)) first.kill("SIGKILL");
      }
      const killed = await first;
      expect(killed.signal, killed.all).toBe("SIGKILL");

      const second = await command("up");
      expect(second.exitCode, second.all).toBe(0);
      const found = await findPlatform(instance);
      expect(found?.url).toBe(`https://localhost:${instance.httpsPort}`);
      platform = found as Platform;
      trustAuthority(platform.caCertificate as string);
    },
    40 * MINUTES,
  );

  it(
    "changes nothing when it is brought up again",
    async () => {
      const { exitCode, all } = await command("up");
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/Deployment: 0 changes/);
    },
    5 * MINUTES,
  );

  it("is ready by its own word", async () => {
    const { exitCode, stdout } = await command("status");
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/websocket-server +3\/3 ready/);
  });

  it("answers in the terminal, and stores what it streamed", async () => {
    const { exitCode, stdout, all } = await command("chat", ["Why is the sky blue?"]);
    expect(exitCode, all).toBe(0);
    expect(stdout.length).toBeGreaterThan(20);
  });

  it("streams token by token, and goes on at the exact token on another device", async () => {
    const api = new PlatformApi(platform.url as string);
    await signIn(api, join(instance.stateDir, "terminal-account.json"));
    const phone = await Conversation.open(api);
    const tablet = await Conversation.open(api, phone.sessionId);
    try {
      const pieces: string[] = [];
      const signal = AbortSignal.timeout(2 * MINUTES);
      const answer = await phone.ask("Name three colours.", (text) => pieces.push(text), signal);
      expect(pieces.length).toBeGreaterThan(2);
      expect(await phone.storedAnswer(answer.runId)).toBe(answer.text);
      const rest: string[] = [];
      await tablet.follow(answer.runId, { after: 2, onToken: (text) => rest.push(text), signal });
      expect(rest).toEqual(pieces.slice(2));
    } finally {
      phone.close();
      tablet.close();
    }
  });

  it("loses no token when the pods that hold the sockets are killed", async () => {
    const api = new PlatformApi(platform.url as string);
    await signIn(api, join(instance.stateDir, "terminal-account.json"));
    const conversation = await Conversation.open(api);
    try {
      let killing: Promise<unknown> | undefined;
      const answer = await conversation.ask(
        "Tell me a story about the sea.",
        () => {
          killing ??= command("kubectl", [
            ...["delete", "pods", "-l", "app.kubernetes.io/name=websocket-server"],
            ...["-n", platform.namespace, "--force", "--grace-period=0"],
          ]);
        },
        AbortSignal.timeout(4 * MINUTES),
      );
      await killing;
      expect(await conversation.storedAnswer(answer.runId)).toBe(answer.text);
    } finally {
      conversation.close();
    }
  });

  it("runs three ready pods of the services that hold sessions and sockets", async () => {
    for (const name of ["websocket-server", "context-protocol-server"]) {
      await expect
        .poll(
          async () => {
            const selector = `app.kubernetes.io/name=${name}`;
            const pods = (await read("pods", "-n", platform.namespace, "-l", selector)) as List<Pod>;
            return pods.items.filter(isPodReady).length;
          },
          { timeout: 2 * MINUTES, interval: 2000 },
        )
        .toBe(3);
    }
  });

  it("scales by live figures and recommends sizes", async () => {
    interface Autoscaler {
      metadata: { name: string };
      status?: {
        currentMetrics?: { resource?: { name: string; current: { averageUtilization?: number } } }[];
      };
    }
    interface Recommender {
      metadata: { name: string };
      spec: { updatePolicy: { updateMode: string } };
      status?: { recommendation?: { containerRecommendations?: unknown[] } };
    }
    await expect
      .poll(
        async () => {
          const { items } = (await read(
            "horizontalpodautoscalers",
            "-n",
            platform.namespace,
          )) as List<Autoscaler>;
          const blind = items.filter(
            ({ status }) =>
              !status?.currentMetrics?.some(
                ({ resource }) =>
                  resource?.name === "cpu" && resource.current.averageUtilization !== undefined,
              ),
          );
          return { some: items.length > 0, blind: blind.map(({ metadata }) => metadata.name) };
        },
        { timeout: 3 * MINUTES, interval: 3000 },
      )
      .toEqual({ some: true, blind: [] });
    await expect
      .poll(
        async () => {
          const { items } = (await read(
            "verticalpodautoscalers",
            "-n",
            platform.namespace,
          )) as List<Recommender>;
          expect(items.every(({ spec }) => spec.updatePolicy.updateMode === "Off")).toBe(true);
          const without = items.filter(
            ({ status }) => !status?.recommendation?.containerRecommendations?.length,
          );
          return { some: items.length > 0, without: without.map(({ metadata }) => metadata.name) };
        },
        { timeout: 3 * MINUTES, interval: 3000 },
      )
      .toEqual({ some: true, without: [] });
  });

  it("watches every pod of every service", async () => {
    interface Answer {
      data: { result: { metric: { service: string }; value: [number, string] }[] };
    }
    const { namespace } = platform;
    const url = `/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy/api/v1/query?query=up`;
    await expect
      .poll(
        async () => {
          const { exitCode, all, stdout } = await command("kubectl", ["get", "--raw", url]);
          expect(exitCode, all).toBe(0);
          const { result } = (JSON.parse(stdout) as Answer).data;
          const services = new Set(result.map(({ metric }) => metric.service));
          return {
            services: [...services].sort(),
            down: result.filter(({ value }) => value[1] !== "1").length,
          };
        },
        { timeout: 3 * MINUTES, interval: 3000 },
      )
      .toEqual({ services: ["prometheus", ...SERVICES].sort(), down: 0 });
  });

  it("enforces the restricted Pod Security Standard, and every pod meets it", async () => {
    const namespace = (await read("namespace", platform.namespace)) as {
      metadata: { labels: Record<string, string> };
    };
    expect(namespace.metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
    const violating = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "planted", namespace: platform.namespace },
      spec: { containers: [{ name: "planted", image: "planted", securityContext: { privileged: true } }] },
    };
    const refused = await command(
      "kubectl",
      ["apply", "--dry-run=server", "-f", "-"],
      JSON.stringify(violating),
    );
    expect(refused.all).toMatch(/violates PodSecurity "restricted/);
  });

  it("speaks TLS 1.3 only", async () => {
    const connect = (maxVersion: tls.SecureVersion) =>
      new Promise<string | null>((resolve, reject) => {
        const socket = tls.connect(
          {
            host: "localhost",
            port: instance.httpsPort,
            servername: "localhost",
            minVersion: "TLSv1.2",
            maxVersion,
          },
          () => {
            resolve(socket.getProtocol());
            socket.destroy();
          },
        );
        socket.once("error", reject);
      });
    expect(await connect("TLSv1.3")).toBe("TLSv1.3");
    await expect(connect("TLSv1.2")).rejects.toThrow();
  });

  it("backs up, and gets back what it has backed up", async () => {
    const backup = await command("backup");
    expect(backup.exitCode, backup.all).toBe(0);
    expect(backup.stdout).toMatch(/read back and verified/);
    const drill = await command("drill");
    expect(drill.exitCode, drill.all).toBe(0);
    expect(drill.stdout).toMatch(/recovery time: [\d.]+ s/);
  });

  it(
    "comes back with all its data after the node was killed",
    async () => {
      const api = new PlatformApi(platform.url as string);
      const account = join(instance.stateDir, "terminal-account.json");
      await signIn(api, account);
      const before = await Conversation.open(api);
      const answer = await before.ask("Say yes.", () => {}, AbortSignal.timeout(2 * MINUTES));
      before.close();

      const record = JSON.parse(await readFile(join(instance.stateDir, "run/node.json"), "utf8"));
      process.kill(record.pid, "SIGKILL");
      await expect.poll(async () => (await command("status")).exitCode, { timeout: MINUTES }).toBe(3);
      const again = await command("up");
      expect(again.exitCode, again.all).toBe(0);

      await signIn(api, account);
      const after = await Conversation.open(api, before.sessionId);
      expect(await after.storedAnswer(answer.runId)).toBe(answer.text);
      after.close();
    },
    10 * MINUTES,
  );

  it(
    "leaves nothing behind",
    async () => {
      const { exitCode, all } = await command("down");
      expect(exitCode, all).toBe(0);
      await expect(stat(instance.stateDir)).rejects.toThrow("ENOENT");
      const { stdout: processes } = await execa("ps", ["-eo", "stat=,args="]);
      const left = processes
        .split("\n")
        .filter((line) => !line.startsWith("Z") && line.includes(instance.stateDir));
      expect(left).toEqual([]);
      expect((await execa("ip", ["-o", "link"])).stdout).not.toContain(`${instance.prefix}-`);
      expect((await execa("cat", ["/proc/self/mounts"])).stdout).not.toContain(instance.stateDir);
      const hierarchies = await readdir("/sys/fs/cgroup", { withFileTypes: true });
      const groups = await Promise.all(
        hierarchies
          .filter((entry) => entry.isDirectory())
          .map(async ({ name }) => (await readdir(join("/sys/fs/cgroup", name))).includes(instance.prefix)),
      );
      expect(groups).not.toContain(true);
    },
    5 * MINUTES,
  );
});
