import { randomUUID } from "node:crypto";
import { CreateSessionResponse, type Message, MessageList } from "@mobile-ai-agent/contracts";
import { eventually } from "@mobile-ai-agent/test-support";
import axios from "axios";
import { type Device, openDevice } from "./device.ts";
import { type Defect, type Platform, startPlatform } from "./platform.ts";
import { rage, type Storm, type StormOptions } from "./storm.ts";
import { faultsOf } from "./verdict.ts";

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

interface Client {
  readonly token: string;
  readonly sessionId: string;
  readonly devices: readonly Device[];
  readonly written: string[];
}

const PROGRESS_MS = 5000;
const PAGE = 200;

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
    const calm = new AbortController();
    const storm = rage(platform, options, calm.signal);
    const progress = setInterval(() => options.onProgress?.(describe(clients)), PROGRESS_MS);
    try {
      await Promise.all(clients.map((client, index) => write(client, index + 1, options)));
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

async function createClient({ issuer, contexts, sockets }: Platform, number: number): Promise<Client> {
  const userId = randomUUID();
  const token = issuer.token({ claims: { sub: userId } });
  const headers = { authorization: `Bearer ${token}` };
  const created = await axios.post(`${contexts}/api/session/create`, {}, { headers });
  const { session_id: sessionId } = CreateSessionResponse.parse(created.data);
  const open = (which: string) =>
    openDevice({
      ...{ contexts, token, userId, sessionId },
      name: `device ${which} of client ${number}`,
      sockets: `http://127.0.0.1:${sockets.port}`,
    });
  return { token, sessionId, devices: [open("A"), open("B")], written: [] };
}

async function write({ devices, written }: Client, client: number, options: ChaosOptions): Promise<void> {
  const { clients, messages, perSecond } = options;
  const pauseMs = (clients / perSecond) * 1000;
  for (let number = 1; number <= messages; number++) {
    const content = `message ${number} of client ${client}`;
    written.push(content);
    await devices[0]?.write(content);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * pauseMs));
  }
}

/** What is still wrong when there was time for everything to come right. */
async function faultsAfter(
  { contexts }: Platform,
  clients: readonly Client[],
  settleMs: number,
): Promise<readonly string[]> {
  let faults: readonly string[] = [];
  const isRight = async () => {
    const found: string[] = [];
    for (const { token, sessionId, written, devices } of clients) {
      const stored = await storedMessages(contexts, token, sessionId);
      found.push(...faultsOf({ written, stored, devices }));
    }
    faults = found;
    return found.length === 0;
  };
  await eventually(isRight, { timeoutMs: settleMs, intervalMs: 500 }).catch(() => undefined);
  return faults;
}

async function storedMessages(contexts: string, token: string, sessionId: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const { data } = await axios.get(`${contexts}/api/message/${sessionId}`, {
      params: { after, limit: PAGE },
      headers: { authorization: `Bearer ${token}` },
    });
    const page = MessageList.parse(data);
    messages.push(...page.messages);
    after = page.next_after;
  }
  return messages;
}

function describe(clients: readonly Client[]): string {
  const written = clients.reduce((sum, client) => sum + client.written.length, 0);
  const waiting = clients.reduce((sum, { devices }) => sum + (devices[0]?.waiting() ?? 0), 0);
  return `${written - waiting} of ${written} written messages are acknowledged`;
}
