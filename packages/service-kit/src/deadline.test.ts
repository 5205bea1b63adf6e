import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { startDeadline } from "./deadline.ts";
import { listen } from "./listen.ts";

describe("startDeadline", () => {
  it("is late when time is over, and not when it was called off", async () => {
    const [late, calledOff] = [vi.fn(), vi.fn()];
    startDeadline(10, late);
    startDeadline(10, calledOff)();
    await delay(50);
    expect([late.mock.calls.length, calledOff.mock.calls.length]).toEqual([1, 0]);
  });

  it("does not take the own process's slowness for another's", async () => {
    const server = await listen(
      createServer((_request, response) => response.end()),
      0,
    );
    const socket = connect(server.port, "127.0.0.1");
    const onLate = vi.fn();
    const stop = startDeadline(20, onLate);
    socket.once("connect", stop);
    // The connection stands by the time that this ends, but nobody has looked.
    for (const end = Date.now() + 200; Date.now() < end; );
    await once(socket, "connect");
    await delay(50);
    expect(onLate).not.toHaveBeenCalled();
    socket.destroy();
    await server.close();
  });
});
