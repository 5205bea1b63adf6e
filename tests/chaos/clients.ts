import { randomUUID } from "node:crypto";
import { CreateSessionResponse, type Message, MessageList } from "@mobile-ai-agent/contracts";
import { eventually } from "@mobile-ai-agent/test-support";
import axios from "axios";
import { type Device, openDevice } from "./device.ts";
import type { Platform } from "./platform.ts";
import { faultsOf } from "./verdict.ts";

export interface Client {
  readonly token: string;
  readonly sessionId: string;
  readonly devices: readonly Device[];
  readonly written: string[];
  /** One more device with the session. */
  openAnother(which: string): Device;
}

const PAGE = 200;

/** A new user with a session, which two devices have open. */
export async function createClient({ issuer, contexts, sockets }: Platform, number: number): Promise<Client> {
  const userId = randomUUID();
  const token = issuer.token({ claims: { sub: userId } });
  const headers = { authorization: `Bearer ${token}` };
  const created = await axios.post(`${contexts}/api/session/create`, {}, { headers });
  const { session_id: sessionId } = CreateSessionResponse.parse(created.data);
  const openAnother = (which: string) =>
    openDevice({
      ...{ contexts, token, userId, sessionId },
      name: `device ${which} of client ${number}`,
      sockets: `http://127.0.0.1:${sockets.port}`,
    });
  return { token, sessionId, devices: [openAnother("A"), openAnother("B")], written: [], openAnother };
}

/** Writes messages on the first device, with pauses of any length around `pauseMs`. */
export async function write(
  { devices, written }: Client,
  { client, messages, pauseMs }: { client: number; messages: number; pauseMs: number },
): Promise<void> {
  for (let number = 1; number <= messages; number++) {
    const content = `message ${number} of client ${client}`;
    written.push(content);
    await devices[0]?.write(content);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * pauseMs));
  }
}

/** What is still wrong when there was time for everything to come right. */
export async function faultsAfter(
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
