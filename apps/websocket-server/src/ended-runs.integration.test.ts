import { randomUUID } from "node:crypto";
import { CreateMessageResponse, CreateSessionResponse } from "@mobile-ai-agent/contracts";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Device, startSockets } from "./testing/start-sockets.ts";

let platform: Awaited<ReturnType<typeof startSockets>>;
beforeAll(async () => {
  platform = await startSockets();
});
afterAll(() => platform?.stop());

/** A user's device, and runs of theirs that have ended with their second event. */
async function withEnded(count: number) {
  const token = platform.tokenOf();
  const created = await platform.call(token, "POST", "/api/session/create");
  const { session_id } = CreateSessionResponse.parse(created);
  const runs: string[] = [];
  while (runs.length < count) {
    const sent = await platform.call(token, "POST", `/api/message/${session_id}`, { content: "why?" });
    const runId = CreateMessageResponse.parse(sent).run_id;
    await platform.log.append({ runId, sequence: 1, kind: "token", text: "so" });
    await platform.log.append({ runId, sequence: 2, kind: "completed", messageId: randomUUID() });
    runs.push(runId);
  }
  return { device: await platform.connect(0, token), runs };
}

/** Asks until the limit of events of a socket lets it through. */
function subscribe(device: Device, runId: string, after: number) {
  return eventually(async () => {
    const answer = await device.emitWithAck("run:subscribe", { runId, after });
    return answer.error?.message.includes("events a second") ? undefined : answer;
  });
}

const connections = async () =>
  (await platform.redis.sendCommand<string>(["CLIENT", "LIST"])).trim().split("\n").length;

describe("a run that has ended", () => {
  it("is not followed by who has its last event, however many of them are asked for", async () => {
    const { device, runs } = await withEnded(52);
    const before = await connections();
    for (const runId of runs)
      expect(await subscribe(device, runId, 2)).toEqual({ data: { runId, after: 2 } });
    // Whoever reads a log waits on a connection of its own.
    expect(await connections()).toBe(before);
    const heard: number[] = [];
    device.on("run:event", ({ sequence }) => heard.push(sequence));
    // Who lacks something, or was given another log, gets it.
    const [one = "", two = ""] = runs;
    expect(await subscribe(device, one, 1)).toEqual({ data: { runId: one, after: 1 } });
    await eventually(() => heard.length === 1);
    expect(await subscribe(device, two, 3)).toEqual({ data: { runId: two, after: 0 } });
    await eventually(() => heard.length === 3);
    expect(heard).toEqual([2, 1, 2]);
    await eventually(async () => (await connections()) === before);
  });

  it("is not followed when its events are no longer kept", async () => {
    const { device, runs } = await withEnded(1);
    const [runId = ""] = runs;
    const before = await connections();
    await platform.store.runs.setStatus(runId, "completed");
    await platform.log.remove([runId]);
    expect((await subscribe(device, runId, 2)).error?.code).toBe("not_found");
    expect(await connections()).toBe(before);
  });
});
