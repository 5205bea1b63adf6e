import type { Request } from "express";
import ipaddr from "ipaddr.js";

/** Groups of an IPv6 address that name a network: one customer has all addresses of its /64. */
const NETWORK_GROUPS = 4;

/**
 * What a client without a user is counted by: its IPv4 address or IPv6 network. Express reads X-Forwarded-For from the
 * right, past as many entries as proxies are trusted, so that what a client writes into it itself is never reached.
 */
export function clientNetwork(request: Pick<Request, "ip" | "socket">): string {
  const address = [request.ip, request.socket.remoteAddress].find(
    (candidate) => candidate !== undefined && ipaddr.isValid(candidate),
  );
  // Of a connection that is closed by now.
  if (address === undefined) return "unknown";
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, NETWORK_GROUPS)
        .map((part) => part.toString(16))
        .join(":")}::/64`
    : parsed.toString();
}
