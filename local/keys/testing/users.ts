import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

interface Origins {
  readonly auth: string;
  readonly contexts: readonly string[];
}

/** Somebody who signs in again and again, writes and reads, on any of the services, until they are stopped. */
export async function startUser({ auth, contexts }: Origins) {
  const failures: string[] = [];
  const written: string[] = [];
  const account = { username: `user_${randomBytes(6).toString("hex")}`, password: "correct horse battery" };
  let requests = 0;
  let stopped = false;
  const anyContext = () => contexts[randomInt(contexts.length)] as string;

  // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
  async function send(url: string, options: { body?: object; token?: string } = {}): Promise<any> {
    const response = await fetch(url, {
      method: options.body ? "POST" : "GET",
      headers: {
        "content-type": "application/json",
        ...(options.token && { authorization: `Bearer ${options.token}` }),
      },
      body: options.body ? JSON.stringify(options.body) : null,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} of ${url}: ${text}`);
    requests++;
    return JSON.parse(text);
  }

  await send(`${auth}/api/auth/register`, { body: { ...account, email: `${account.username}@example.org` } });
  const signIn = async (): Promise<string> =>
    (await send(`${auth}/api/auth/login`, { body: account })).access_token;
  let token = await signIn();
  const create = await send(`${anyContext()}/api/session/create`, { body: {}, token });
  const messages = () => `${anyContext()}/api/message/${create.session_id}`;

  async function repeat(work: () => Promise<void>, pauseMs: number): Promise<void> {
    while (!stopped) {
      await work().catch((error) => failures.push(String(error)));
      await sleep(pauseMs);
    }
  }
  const working = Promise.all([
    repeat(async () => {
      const content = `text ${written.length}`;
      await send(messages(), { body: { content }, token });
      written.push(content);
    }, 20),
    repeat(async () => {
      await send(messages(), { token });
    }, 5),
    repeat(async () => {
      token = await signIn();
    }, 500),
  ]);
  return {
    ...{ failures, written },
    requests: () => requests,
    /** @returns the texts that are stored */
    async stored(): Promise<string[]> {
      const found: string[] = [];
      for (let after: number | null = 0; after !== null; ) {
        const page = await send(`${messages()}?after=${after}`, { token });
        found.push(...page.messages.map(({ content }: { content: string }) => content));
        after = page.next_after;
      }
      return found;
    },
    async stop(): Promise<void> {
      stopped = true;
      await working;
    },
  };
}
