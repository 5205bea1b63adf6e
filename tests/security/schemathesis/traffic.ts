import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { OF_THE_MESSAGE } from "../api/judge.ts";
import { DESCRIBED, type Described } from "../api/operations.ts";

interface Finished {
  readonly request: IncomingMessage & { readonly originalUrl?: string };
  readonly response: ServerResponse;
  readonly server: Server;
}

/** Counts what a server of this process answers, as it does so. */
export function watchTraffic(origin: string) {
  const port = Number(new URL(origin).port);
  const statuses = new Map(DESCRIBED.map(({ id }) => [id, new Map<number, number>()]));
  let requests = 0;
  subscribe("http.server.response.finish", (message) => {
    const { request, response, server } = message as Finished;
    if ((server.address() as AddressInfo | null)?.port !== port) return;
    requests += 1;
    const of = statuses.get(operationOf(request)?.id ?? "");
    of?.set(response.statusCode, (of.get(response.statusCode) ?? 0) + 1);
  });

  const each = (wanted: (operation: Described, seen: ReadonlyMap<number, number>) => number[]) =>
    DESCRIBED.map((operation) => ({
      id: operation.id,
      found: wanted(operation, statuses.get(operation.id) ?? new Map()),
    }))
      .filter(({ found }) => found.length > 0)
      .map(({ id, found }) => `${id} ${found.join(" ")}`);

  return {
    requests: () => requests,
    /** Statuses that were answered and aren't described, or are faults of ours. */
    faults: () =>
      each(({ responses }, seen) =>
        [...seen.keys()].filter(
          (status) => status >= 500 || !(responses.has(status) || OF_THE_MESSAGE.includes(status)),
        ),
      ),
    /** Statuses that are described and never occurred. */
    absent: () => each(({ responses }, seen) => [...responses.keys()].filter((status) => !seen.has(status))),
  };
}

/** @returns the operation that a request is for; one without parameters comes first. */
function operationOf({ method, url = "", originalUrl = url }: Finished["request"]): Described | undefined {
  const path = originalUrl.split("?")[0] ?? "";
  const matching = DESCRIBED.filter(
    (operation) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  return matching.find((operation) => !operation.path.includes("{")) ?? matching[0];
}
