import { connect } from "node:net";
import type { Instance } from "../instance.ts";
import { isAlive } from "../process-identity.ts";
import { CommandFailure } from "../ui/failure.ts";
import { findDaemon, logTail, startDaemon, waitUntil } from "./daemons.ts";
import { clusterLayout, INGRESS_NODE_PORT } from "./layout.ts";
import { daemonPlace } from "./stop.ts";

const FORWARDER = "forwarder";

/**
 * Makes the ingress controller answer on 127.0.0.1, where a browser expects it.
 *
 * @throws CommandFailure when the port is taken.
 */
export async function startForwarder(instance: Instance): Promise<void> {
  const place = daemonPlace(instance);
  const record = await findDaemon(FORWARDER, place);
  if (record && isAlive(record)) return;
  const port = instance.httpsPort;
  if (await accepts(port))
    throw new CommandFailure(`port ${port} of this machine is taken: free it and try again`);
  const listen = `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`;
  const target = `TCP:${clusterLayout(instance).nodeAddress}:${INGRESS_NODE_PORT},nodelay`;
  await startDaemon({ name: FORWARDER, command: "socat", args: [listen, target] }, place, "");
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
