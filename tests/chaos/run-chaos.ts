import { eventually } from "@mobile-ai-agent/test-support";
import { type Client, createClient, faultsAfter, write } from "./clients.ts";
import { type Defect, startPlatform } from "./platform.ts";
import { rage, type Storm, type StormOptions } from "./storm.ts";

export interface ChaosOptions extends StormOptions {
  readonly clients: number;
  /** Of each client. */
  readonly messages: number;
  /** That all clients together write in a second: more than the machine can do would only make a queue. */
  readonly perSecond: number;
  /** How long after the storm everything must be in order. */
  readonly settleMs: number;
  readonly defect?: Defect;
  /** Told now and then how far it is. */
  readonly onProgress?: (text: string) => void;
}

export interface ChaosReport extends Storm {
  readonly messages: number;
  readonly seconds: number;
  /** Runs that devices followed to the last token. */
  readonly streamed: number;
  readonly faults: readonly string[];
}

const PROGRESS_MS = 5000;

/**
 * Clients with two devices each write their messages in a storm that cuts their connections and kills the platform's
 * processes. Afterwards every message must be stored once, and every device have every answer as it is stored.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const started = Date.now();
  const platform = await startPlatform(options.defect);
  const clients: Client[] = [];
  try {
    for (let number = 1; number <= options.clients; number++) {
      clients.push(await createClient(platform, number));
    }
    const pauseMs = (options.clients / options.perSecond) * 1000;
    const calm = new AbortController();
    const storm = rage(platform, options, calm.signal);
    const progress = setInterval(() => options.onProgress?.(describe(clients)), PROGRESS_MS);
    try {
      await Promise.all(
        clients.map((client, index) =>
          write(client, { client: index + 1, messages: options.messages, pauseMs }),
        ),
      );
      await eventually(() => clients.every(({ devices }) => devices[0]?.waiting() === 0), {
        timeoutMs: options.settleMs,
      }).catch(() => undefined);
    } finally {
      calm.abort();
    }
    const { cuts, kills } = await storm;
    const faults = await faultsAfter(platform, clients, options.settleMs);
    clearInterval(progress);
    const runs = clients.flatMap(({ devices }) => devices.flatMap((device) => [...device.runs().values()]));
    return {
      ...{ cuts, kills, faults },
      messages: options.clients * options.messages,
      seconds: Math.round((Date.now() - started) / 1000),
      streamed: runs.filter(({ status, messageId }) => status === "completed" && messageId).length,
    };
  } finally {
    for (const { devices } of clients) for (const device of devices) device.close();
    await platform.stop();
  }
}

function describe(clients: readonly Client[]): string {
  const written = clients.reduce((sum, client) => sum + client.written.length, 0);
  const waiting = clients.reduce((sum, { devices }) => sum + (devices[0]?.waiting() ?? 0), 0);
  return `${written - waiting} of ${written} written messages are acknowledged`;
}
