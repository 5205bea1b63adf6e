import { describe, expect, it } from "vitest";
import { limitEvents } from "./event-limit.ts";

type Socket = Parameters<typeof limitEvents>[0];
type Middleware = Parameters<Socket["use"]>[0];

/** A socket whose events come when a test says so. */
function startSocket() {
  let time = 0;
  let handle: Middleware = () => {};
  const count = { admitted: 0, refused: 0 };
  let endedAt: number | undefined;
  const socket = {
    use(middleware: Middleware) {
      handle = middleware;
    },
    disconnect() {
      endedAt ??= time;
    },
  } as unknown as Socket;
  limitEvents(socket, () => time);
  const send = () => handle(["any", () => count.refused++], () => count.admitted++);
  return {
    count,
    endedAt: () => endedAt,
    wait: (ms: number) => {
      time += ms;
    },
    burst(events: number) {
      for (let sent = 0; sent < events; sent++) send();
    },
    /** Until its end. */
    go(perSecond: number, seconds: number) {
      for (let sent = 0; sent < perSecond * seconds && endedAt === undefined; sent++) {
        time += 1000 / perSecond;
        send();
      }
    },
  };
}

describe("the limit of a socket's events", () => {
  it.each([
    [50, 60_000],
    [1000, 1000],
    [5000, 1000],
    [100_000, 1000],
  ])("ends a socket that goes on at %i a second", (perSecond, withinMs) => {
    const socket = startSocket();
    socket.go(perSecond, 600);
    expect(socket.endedAt()).toBeLessThan(withinMs);
    expect(socket.count.refused).toBeLessThan(2000);
  });

  it("refuses what is a little too much, and ends nobody for that, however long it goes on", () => {
    const socket = startSocket();
    socket.go(30, 3600);
    expect(socket.endedAt()).toBeUndefined();
    expect(socket.count.admitted / 3600).toBeCloseTo(20, 0);
    expect(socket.count.refused).toBeGreaterThan(9 * 3600);
  });

  it("ends no device that comes back with much, and tries again what was refused", () => {
    const socket = startSocket();
    for (let time = 0; time < 100; time++) {
      socket.burst(300);
      expect(socket.count.refused).toBe(240);
      // A second apart, the rest of it each time.
      while (socket.count.refused > 0) {
        socket.wait(1000);
        const rest = socket.count.refused;
        socket.count.refused = 0;
        socket.burst(Math.min(rest, 20));
        socket.count.refused += rest - Math.min(rest, 20);
      }
      socket.wait(3000);
    }
    expect(socket.endedAt()).toBeUndefined();
  });

  it("ends a socket that sends far too much at once", () => {
    const socket = startSocket();
    socket.burst(360);
    expect(socket.endedAt()).toBeUndefined();
    expect(socket.count).toEqual({ admitted: 60, refused: 300 });
    socket.burst(1);
    expect(socket.endedAt()).toBe(0);
    expect(socket.count.refused).toBe(300);
  });
});
