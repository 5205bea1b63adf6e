import { connect } from "node:net";
import type { Instance } from "../instance.ts";
import { isAlive } from "../process-identity.ts";
import { CommandFailure } from "../ui/failure.ts";
import { findDaemon, fingerprint, logTail, startDaemon, stopDaemon, waitUntil } from "./daemons.ts";
import { clusterLayout, INGRESS_NODE_PORT } from "./layout.ts";
import { daemonPlace } from "./stop.ts";

const FORWARDER = "forwarder";

/** @throws CommandFailure when something else listens where the forwarder will. */
export async function requireFreePort(instance: Instance): Promise<void> {
  const record = await findDaemon(FORWARDER, daemonPlace(instance));
  if (record && isAlive(record)) return;
  if (!(await accepts(instance.httpsPort))) return;
  throw new CommandFailure(`port ${instance.httpsPort} of this machine is taken: free it and try again`);
}

/**
 * Makes the ingress controller answer on 127.0.0.1, where a browser expects it.
 *
 * @throws CommandFailure when the port is taken.
 */
export async function startForwarder(instance: Instance): Promise<void> {
  const place = daemonPlace(instance);
  const { nodeAddress, hostLink } = clusterLayout(instance);
  const port = instance.httpsPort;
  const listen = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  // By the link only: when the node is gone, its address would be looked for in the world outside.
  const target = `TCP:${nodeAddress}:${INGRESS_NODE_PORT},nodelay,so-bindtodevice=${hostLink}`;
  const daemon = { name: FORWARDER, command: "socat", args: [listen, target] };
  const mark = fingerprint(daemon);
  const record = await findDaemon(FORWARDER, place);
  if (record && isAlive(record) && record.fingerprint === mark) return;
  await stopDaemon(FORWARDER, place);
  await requireFreePort(instance);
  await startDaemon(daemon, place, mark);
  if (!(await waitUntil(() => accepts(port), 5_000))) {
    throw new CommandFailure(
      `the forwarder to port ${port} does not answer: ${await logTail(FORWARDER, place)}`,
    );
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
