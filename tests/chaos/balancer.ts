import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands for the way from devices to the replicas of a service, which can break. */
export interface Balancer {
  readonly port: number;
  /** How many connections there are. */
  open(): number;
  /** Cuts each connection with this probability, without a word to either side. @returns how many it cut */
  cut(share: number): number;
  close(): Promise<void>;
}

/** Passes each connection to a replica that takes it, any of them, as a Service of Kubernetes does. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  const server = createServer((device) => {
    open.add(device);
    device.once("close", () => open.delete(device)).on("error", () => {});
    pass(
      device,
      ports.toSorted(() => Math.random() - 0.5),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    open: () => open.size,
    cut(share) {
      const chosen = [...open].filter(() => Math.random() < share);
      for (const device of chosen) device.resetAndDestroy();
      return chosen.length;
    },
    async close() {
      const closed = once(server.close(), "close");
      for (const device of open) device.destroy();
      await closed;
    },
  };
}

function pass(device: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void device.resetAndDestroy();
  const replica = connect(port, "127.0.0.1");
  const refused = () => pass(device, others);
  replica.once("error", refused);
  replica.once("connect", () => {
    replica.off("error", refused).on("error", () => device.destroy());
    replica.once("close", () => device.destroy());
    device.once("close", () => replica.destroy());
    device.pipe(replica).pipe(device);
  });
}
