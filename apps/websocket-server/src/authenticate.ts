import { Handshake, type HandshakeRefusal, SUPPORTED_PROTOCOL_VERSIONS } from "@mobile-ai-agent/contracts";
import { InvalidToken, type TokenVerifier } from "@mobile-ai-agent/service-kit";
import type { UserSocket } from "./socket-types.ts";

const SUPPORTED = [...SUPPORTED_PROTOCOL_VERSIONS];

const REFUSALS: Readonly<Record<HandshakeRefusal["code"], HandshakeRefusal>> = {
  unauthorized: { code: "unauthorized", message: "the access token is missing, expired or not valid" },
  unavailable: { code: "unavailable", message: "tokens can't be verified now; try again shortly" },
  unsupported_version: {
    code: "unsupported_version",
    message: "this version of the app is no longer supported: update the app",
    supportedVersions: SUPPORTED,
  },
};

/**
 * Middleware of the handshake: `auth.protocolVersion` must be one that is spoken here, and `auth.token` a valid access
 * token. Else the client gets `connect_error` with a HandshakeRefusal's code as message, and all of it as data.
 */
export function authenticate(verifier: TokenVerifier) {
  return async (socket: UserSocket, next: (error?: Error) => void): Promise<void> => {
    const refuse = (code: HandshakeRefusal["code"]) =>
      next(Object.assign(new Error(code), { data: REFUSALS[code] }));
    const { auth } = socket.handshake;
    const version = Handshake.shape.protocolVersion.safeParse(auth.protocolVersion);
    if (!version.success || !SUPPORTED.includes(version.data)) return refuse("unsupported_version");
    const token = Handshake.shape.token.safeParse(auth.token);
    if (!token.success) return refuse("unauthorized");
    try {
      socket.data.claims = await verifier.verify(token.data);
    } catch (error) {
      return refuse(error instanceof InvalidToken ? "unauthorized" : "unavailable");
    }
    socket.data.token = token.data;
    // Kept once: the handshake can be looked at by anything that holds the socket.
    delete auth.token;
    next();
  };
}
