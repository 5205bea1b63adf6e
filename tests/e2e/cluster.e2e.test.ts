import tls from "node:tls";
import { describe, expect, it } from "vitest";
import { command, read } from "./command-line.ts";
import { instance, runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();

interface List<T> {
  items: T[];
}
interface Pod {
  metadata: { name: string };
  status: { conditions?: { type: string; status: string }[] };
}

const isPodReady = ({ status }: Pod) =>
  status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

describe("the deployed workloads", () => {
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
        .toBeGreaterThanOrEqual(3);
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
});
