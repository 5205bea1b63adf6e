import { expect, test } from "vitest";
import { createClient, faultsAfter, write } from "./clients.ts";
import { startPlatform } from "./platform.ts";

const SETTLE_MS = 30_000;

test("conversations are whole after Redis came back empty, on devices that were there and on new ones, and go on", async () => {
  const platform = await startPlatform();
  const client = await createClient(platform, 1);
  const devices = [...client.devices];
  try {
    const say = { client: 1, messages: 3, pauseMs: 0 };
    await write(client, say);
    expect(await faultsAfter(platform, [client], SETTLE_MS)).toEqual([]);

    const redis = platform.mortals.find(({ name }) => name === "redis");
    await redis?.kill();
    await redis?.start();
    devices.push(client.openAnother("C"));
    expect(await faultsAfter(platform, [{ ...client, devices }], SETTLE_MS)).toEqual([]);
    expect(devices.map((device) => device.messages().length)).toEqual([6, 6, 6]);

    await write(client, say);
    expect(await faultsAfter(platform, [{ ...client, devices }], SETTLE_MS)).toEqual([]);
    expect(devices.map((device) => device.messages().length)).toEqual([12, 12, 12]);
  } finally {
    for (const device of devices) device.close();
    await platform.stop();
  }
}, 180_000);
