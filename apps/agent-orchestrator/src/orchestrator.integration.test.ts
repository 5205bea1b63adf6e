import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import { createConversationStore, createRunLog, createRunQueue } from "@mobile-ai-agent/conversation-store";
import { connectMongo, connectRedis, createLogger, listen, type Service } from "@mobile-ai-agent/service-kit";
import { createIssuer, eventually, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { readServiceConfig } from "../../context-protocol-server/src/config.ts";
import { createService as createContextProtocolServer } from "../../context-protocol-server/src/service.ts";
import { orchestratorConfig } from "./config.ts";
import { createService } from "./service.ts";

const WORDS = ["Because", " of", " Rayleigh", " scattering", "."];

const logger = createLogger("agent-orchestrator", "error");
logger.silent = true;
const closers: (() => Promise<unknown>)[] = [];
const services: Service[] = [];
/** What the scripted model does next. */
let behaviour: "answer" | "fail" | "break" | "hang" = "answer";
let asked: { messages: { role: string; content: string }[] }[] = [];
let traces: unknown[] = [];
let env: Record<string, string>;
let context: Awaited<ReturnType<typeof open>>;

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** A test double of llm-server: it speaks OpenAI's protocol and answers with WORDS. */
async function startScriptedModel() {
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await collect(request)).toString());
    asked.push(body);
    traces.push(request.headers.traceparent);
    if (behaviour === "fail")
      return void response.writeHead(400).end('{"error":{"message":"secret internals"}}');
    if (behaviour === "hang") return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const words = behaviour === "break" ? WORDS.slice(0, 2) : WORDS;
    for (const content of words)
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    if (behaviour === "break") response.end('data: {"error":{"message":"secret internals"}}\n\n');
    else response.end("data: [DONE]\n\n");
  });
  const { port, close } = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}/v1`, close, server };
}

/** The real one, as the only source of contexts. */
async function startContextProtocolServer(more: Record<string, string>) {
  const { issuer, audience } = createIssuer();
  const config = readServiceConfig({
    ...{ PORT: "0", METRICS_PORT: "0", JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
    ...{ JWKS_URL: "http://127.0.0.1:1/", MCP_URL: "https://agent.test/mcp", MCP_ALLOWED_HOSTS: "127.0.0.1" },
    ...more,
  });
  const service = createContextProtocolServer(config, { logger });
  await service.start();
  return service;
}

async function open(mongodbUri: string, redisUrl: string) {
  const mongo = await connectMongo({ MONGODB_URI: mongodbUri }, "test");
  const redis = await connectRedis({ REDIS_URL: redisUrl });
  const store = createConversationStore(mongo.db);
  await store.createIndexes();
  closers.unshift(mongo.close, async () => redis.destroy());
  return { store, queue: createRunQueue(redis), runLog: createRunLog(redis) };
}

beforeAll(async () => {
  const [mongo, redis, model] = await Promise.all([startMongo(), startRedis(), startScriptedModel()]);
  closers.push(mongo.stop, redis.stop, async () => {
    model.server.closeAllConnections();
    await model.close();
  });
  const RUN_TOKEN_KEY = "k".repeat(32);
  const contexts = await startContextProtocolServer({
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    RUN_TOKEN_KEY,
  });
  closers.unshift(() => contexts.stop());
  env = {
    ...{ RUN_TOKEN_KEY, CONTEXT_PROTOCOL_SERVER_URL: `http://127.0.0.1:${contexts.port()}` },
    ...{ PORT: "0", METRICS_PORT: "0", MONGODB_URI: mongo.uri, REDIS_URL: redis.url },
    ...{ LLM_SERVER_URL: model.url, LLM_MODEL: "any", CLAIM_AFTER_MS: "600" },
  };
  context = await open(mongo.uri, redis.url);
});
afterAll(async () => {
  for (const close of closers) await close();
});
beforeEach(() => {
  behaviour = "answer";
  asked = [];
  traces = [];
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

async function startOrchestrator(): Promise<void> {
  const service = createService(orchestratorConfig.parse(env), { logger });
  services.push(service);
  await service.start();
}

async function storeRun(content: string) {
  const userId = randomUUID();
  const { id: sessionId } = (await context.store.sessions.create({ userId })).session;
  const { message, runId } = await context.store.messages.addUserMessage({
    sessionId,
    userId,
    type: "text",
    content,
  });
  await context.store.runs.create({ runId, sessionId, userId, messageId: message.id });
  return { runId, sessionId };
}

const eventsOf = (runId: string): Promise<RunEvent[]> =>
  collect(context.runLog.read(runId, 0, AbortSignal.timeout(20_000)));

const texts = (events: RunEvent[]) => events.flatMap((event) => (event.kind === "token" ? [event.text] : []));

it("asks the model in the trace that queued the run", async () => {
  await startOrchestrator();
  const { runId } = await storeRun("Why is the sky blue?");
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await context.queue.enqueue(runId, `00-${trace}-00f067aa0ba902b7-01`);
  await eventsOf(runId);
  expect(traces).toEqual([expect.stringMatching(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))]);
});

it("streams tokens in order, and stores exactly what it streamed", async () => {
  await startOrchestrator();
  const { runId, sessionId } = await storeRun("Why is the sky blue?");
  await context.store.contexts.update(sessionId, { name: "Ann" });
  await context.queue.enqueue(runId);
  const events = await eventsOf(runId);
  expect(texts(events)).toEqual(WORDS);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  const stored = await context.store.messages.answerOf(runId);
  expect(stored?.content).toBe(WORDS.join(""));
  expect(events.at(-1)).toEqual({ kind: "completed", runId, sequence: 6, messageId: stored?.id });
  expect((await context.store.runs.get(runId))?.status).toBe("completed");
  expect(asked[0]?.messages[0]?.content).toContain('{"name":"Ann"}');
  expect(asked[0]?.messages.at(-1)).toEqual({ role: "user", content: "Why is the sky blue?" });
});

it.each(["fail", "break"] as const)(
  "ends the log of a model that can't answer (%s), without its internals",
  async (how) => {
    behaviour = how;
    await startOrchestrator();
    const { runId } = await storeRun("hello");
    await context.queue.enqueue(runId);
    const last = (await eventsOf(runId)).at(-1);
    expect(last).toMatchObject({ kind: "failed", reason: expect.not.stringContaining("secret") });
    expect((await context.store.runs.get(runId))?.status).toBe("failed");
    expect(await context.store.messages.answerOf(runId)).toBeUndefined();
  },
);

it("takes over the run of a consumer that fell silent", async () => {
  const { runId } = await storeRun("hello");
  await context.queue.enqueue(runId);
  const dead = new AbortController();
  const taken = Promise.withResolvers<void>();
  // Fails at once and is not told to stop: its entry stays pending, as a dead consumer's does.
  const consuming = context.queue.consume(
    { consumer: "dead", signal: dead.signal, concurrency: 1, claimAfterMs: 60_000 },
    async () => {
      taken.resolve();
      throw new Error("died");
    },
  );
  await taken.promise;
  dead.abort();
  await startOrchestrator();
  expect(texts(await eventsOf(runId))).toEqual(WORDS);
  await consuming;
});

it("does not answer twice: it ends what was interrupted, and completes what was stored", async () => {
  const interrupted = await storeRun("hello");
  await context.runLog.append({ kind: "token", runId: interrupted.runId, sequence: 1, text: "Be" });
  const finished = await storeRun("hello");
  await context.runLog.append({ kind: "token", runId: finished.runId, sequence: 1, text: "Hi" });
  const answer = await context.store.messages.addAnswer({ ...finished, content: "Hi" });
  for (const { runId } of [interrupted, finished]) await context.queue.enqueue(runId);
  await startOrchestrator();
  expect((await eventsOf(interrupted.runId)).at(-1)).toMatchObject({ kind: "failed", sequence: 2 });
  expect((await eventsOf(finished.runId)).at(-1)).toMatchObject({ kind: "completed", messageId: answer.id });
  await eventually(async () => (await context.store.runs.get(finished.runId))?.status === "completed");
  expect(asked).toEqual([]);
});
