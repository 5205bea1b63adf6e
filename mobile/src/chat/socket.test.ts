import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type * as Pause from "../api/pause.ts";
import { startSocketServer } from "../testing/socket-server.ts";
import { type Connection, createChatSocket, type SocketOptions } from "./socket.ts";

const paused = vi.hoisted(() => ({ after: [] as number[] }));
/** As the app's, but a hundred times as fast. */
vi.mock("../api/pause.ts", async (original) => {
  const { pauseMs } = await original<typeof Pause>();
  return {
    pauseMs: (...growth: Parameters<typeof pauseMs>) => {
      paused.after.push(growth[0]);
      return pauseMs(...growth) / 100;
    },
  };
});

let server: Awaited<ReturnType<typeof startSocketServer>>;
let close = () => {};
beforeEach(async () => {
  paused.after = [];
  server = await startSocketServer();
});
afterEach(async () => {
  close();
  await server.stop();
});

function open(tokens: Partial<Pick<SocketOptions, "freshToken" | "refreshToken">> = {}) {
  const connections: Connection[] = [];
  const asked = { fresh: 0, new: 0 };
  const opened = createChatSocket({
    url: server.url,
    freshToken() {
      asked.fresh += 1;
      return tokens.freshToken?.() ?? Promise.resolve("good");
    },
    refreshToken() {
      asked.new += 1;
      return tokens.refreshToken?.() ?? Promise.resolve("good");
    },
    onConnection: (connection) => connections.push(connection),
  });
  close = opened.close;
  return { ...opened, connections, asked };
}

const eventually = { timeout: 8000 };
const pauses = () => paused.after.length;

it("asks nothing of the platform while there is no token, ever more seldom, and tries at once when woken", async () => {
  let token: string | undefined;
  const { wake, connections, asked } = open({ freshToken: async () => token });
  await expect.poll(pauses, eventually).toBeGreaterThan(6);
  expect(paused.after).toEqual(paused.after.map((_, index) => index));
  expect(asked.new).toBe(0);
  expect(server.seen.handshakes).toBe(0);
  expect(new Set(connections)).toEqual(new Set(["offline"]));
  token = "good";
  wake();
  await expect.poll(() => connections.at(-1)).toBe("connected");
  server.cut();
  await expect.poll(() => connections.slice(-2), eventually).toEqual(["connecting", "connected"]);
  // From the beginning again: it was connected.
  expect(paused.after.at(-1)).toBe(0);
});

it("makes one refresh a try when its token is refused, and no handshake when that fails", async () => {
  server.control.token = "good";
  let token: string | undefined;
  const { connections, asked } = open({
    freshToken: async () => "looks good",
    refreshToken: async () => token,
  });
  await expect.poll(pauses, eventually).toBeGreaterThan(4);
  expect(asked.fresh).toBe(1);
  expect(asked.new).toBeLessThanOrEqual(pauses());
  expect(server.seen.handshakes).toBe(1);
  token = "good";
  await expect.poll(() => connections.at(-1), eventually).toBe("connected");
  expect(server.seen.handshakes).toBe(2);
});

it("tries ever more seldom while the platform is away", async () => {
  await server.stop();
  const { connections } = open();
  await expect.poll(pauses, eventually).toBeGreaterThan(4);
  expect(paused.after).toEqual(paused.after.map((_, index) => index));
  expect(new Set(connections)).toEqual(new Set(["offline"]));
  server = await startSocketServer();
});

it("goes on though the device can't read its tokens for a while", async () => {
  let locked = true;
  const { connections } = open({
    freshToken: async () => (locked ? Promise.reject(new Error("the device is locked")) : "good"),
  });
  await expect.poll(pauses, eventually).toBeGreaterThan(1);
  locked = false;
  await expect.poll(() => connections.at(-1), eventually).toBe("connected");
});
