import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** GET /.well-known/jwks.json → the public keys, RFC 7517 */
export function jwks({ keys }: AuthContext): RequestHandler {
  return (_request, response) => {
    response.set("Cache-Control", "public, max-age=300").json(keys().jwks);
  };
}
