import type { Request } from "express";
import ipaddr from "ipaddr.js";

/** Groups of an IPv6 address that name a network: one customer has all addresses of its /64. */
const NETWORK_GROUPS = 4;

/**
 * What a client without a user is counted by: its IPv4 address or IPv6 network. Express reads X-Forwarded-For from the
 * right, past as many entries as proxies are trusted (`trust proxy`).
 */
export function clientNetwork(request: Pick<Request, "ip">): string {
  const { ip } = request;
  // Of a connection that is closed by now.
  if (ip === undefined || !ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const groups = address.parts.slice(0, NETWORK_GROUPS).map((part) => part.toString(16));
  return `${groups.join(":")}::/64`;
}
