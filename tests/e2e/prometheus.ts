import { createInterface } from "node:readline";
import type { Platform } from "@mobile-ai-agent/local/platform";
import { execa } from "execa";

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly type: "alerting" | "recording";
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
}

/** The platform's Prometheus, asked through the API server as a person would. */
export class Prometheus implements AsyncDisposable {
  readonly #url: string;
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url;
    this.#stop = stop;
  }

  static async open({ kubectl, kubeconfig, namespace }: Platform): Promise<Prometheus> {
    const proxy = execa(kubectl, ["proxy", "--port=0"], { env: { KUBECONFIG: kubeconfig }, reject: false });
    for await (const line of createInterface({ input: proxy.stdout })) {
      const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (!address) continue;
      const service = `http://${address}/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy`;
      return new Prometheus(service, async () => {
        proxy.kill();
        await proxy;
      });
    }
    throw new Error(`kubectl proxy ended: ${(await proxy).stderr}`);
  }

  /** @throws with Prometheus's own word when the expression can't be evaluated */
  async query(expr: string): Promise<readonly Sample[]> {
    const { result } = await this.#get<{ result: Sample[] }>(`query?${new URLSearchParams({ query: expr })}`);
    return result;
  }

  /** @returns the value of an expression of a single sample, or undefined when there is none */
  async value(expr: string): Promise<number | undefined> {
    const [sample] = await this.query(expr);
    return sample && Number(sample.value[1]);
  }

  async rules(): Promise<readonly Rule[]> {
    const { groups } = await this.#get<{ groups: { rules: Rule[] }[] }>("rules");
    return groups.flatMap(({ rules }) => rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const answer = (await response.json().catch(() => ({}))) as { data?: T; error?: string };
    if (!response.ok || !answer.data) throw new Error(`${path}: ${answer.error ?? response.statusText}`);
    return answer.data;
  }
}
