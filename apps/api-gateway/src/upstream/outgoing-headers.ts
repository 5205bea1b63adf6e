import type { Request } from "express";

/** Of this connection only: RFC 9110, 7.6.1. Node has answered an `Expect` already. */
const HOP_BY_HOP = [
  ...["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"],
  ...["te", "trailer", "upgrade", "expect"],
];

/** What `Connection` must not name: without these the request would be another one. */
const KEPT = ["host", "content-length", "transfer-encoding"];

/** What proxies say of the caller. Of strangers nobody should believe it. */
const FORWARDED = /^(x-forwarded-.*|forwarded|x-real-ip)$/;

/**
 * Makes a request's headers those that the service gets: without what belongs to the caller's connection, and with
 * `X-Forwarded-*`, in which only trusted proxies' words are passed on.
 */
export function prepareHeaders(request: Request): void {
  const { headers } = request;
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const trusted = Number(request.app.get("trust proxy")) > 0;
  const before = trusted ? headers["x-forwarded-for"] : undefined;
  const forwarded = {
    "x-forwarded-for": [before, request.socket.remoteAddress].filter(Boolean).join(", "),
    "x-forwarded-proto": request.protocol,
    // A request of HTTP/1.0 need not have one.
    ...(request.host && { "x-forwarded-host": request.host }),
  };
  const untrusted = trusted ? [] : Object.keys(headers).filter((name) => FORWARDED.test(name));
  const dropped = [...HOP_BY_HOP, ...named.filter((name) => !KEPT.includes(name)), ...untrusted];
  for (const name of dropped) delete headers[name];
  Object.assign(headers, forwarded);
}
