import { Agent, request } from "node:http";

export interface Call {
  readonly method: string;
  /** With its query, as it goes over the wire: odd ones stay as they are. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const PATIENCE_MS = 30_000;

/** Sends what `fetch` would refuse or make tidy. @throws Error when there is no answer, which is a fault too */
export function send(origin: string, { method, path, headers, body }: Call): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const isSized = body !== undefined && headers["transfer-encoding"] === undefined;
  const length = !isSized ? {} : { "content-length": `${Buffer.byteLength(body)}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, headers: { ...length, ...headers }, agent, timeout: PATIENCE_MS },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.once("error", reject);
        incoming.once("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
