import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMongoCredentials } from "../data/ferret-db.ts";

let ours: Record<string, string>;
let other: Record<string, string>;
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  ours = await createMongoCredentials("mobile-ai-agent");
  other = await createMongoCredentials("mobile-ai-agent");
  server = createServer(
    {
      cert: ours["server.crt"],
      key: ours["server.key"],
      ca: ours["clients.crt"],
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.3",
    },
    (socket) => socket.end("welcome"),
  );
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => server.close());

/** @returns what the server says to a client with these credentials. */
async function greet(
  client: Record<string, string>,
  options: { trust?: string; name?: string } = {},
): Promise<string> {
  const socket = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    servername: options.name ?? "mongodb",
    ca: options.trust ?? ours["ca.crt"],
    ...(client["client.pem"] && { cert: client["client.pem"], key: client["client.pem"] }),
  });
  return (await socket.toArray()).join("");
}

/** With TLS 1.3 a client learns that it was refused by an error or by the end of the connection, whichever is first. */
const refused = (greeting: Promise<string>) =>
  greeting.then(
    (text) => text === "",
    () => true,
  );

test.each(["mongodb", "mongodb.mobile-ai-agent.svc.cluster.local"])(
  "a client of the same group is let in at %s",
  async (name) => {
    expect(await greet(ours, { name })).toBe("welcome");
  },
);

test("the next client is let in too", async () => {
  expect(await greet({ "client.pem": ours["next.pem"] ?? "" })).toBe("welcome");
});

test("a client of another group is refused", async () => {
  expect(await refused(greet(other))).toBe(true);
});

test("a client without a certificate is refused", async () => {
  expect(await refused(greet({}))).toBe(true);
});

test("a server of another group, or under another name, is not trusted", async () => {
  await expect(greet(ours, { trust: other["ca.crt"] })).rejects.toThrow();
  await expect(greet(ours, { name: "redis" })).rejects.toThrow();
});
