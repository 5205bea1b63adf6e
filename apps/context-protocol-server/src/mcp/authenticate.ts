import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import {
  bearerTokenOf,
  HttpProblem,
  InvalidToken,
  readRunToken,
  requireUser,
  type TokenVerifier,
  userOf,
} from "@mobile-ai-agent/service-kit";
import type { AuthInfo } from "@modelcontextprotocol/server";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Caller } from "./caller.ts";

export type Identity = Pick<Caller, "userId" | "onlySession">;

const Extra = z.object({ onlySession: z.string().optional() });

/**
 * Lets through a user's access token, and the token of a run that is being answered, which sees and
 * changes nothing but its session. Others get 401.
 */
export function authenticate(dependencies: {
  store: ConversationStore;
  verifier: TokenVerifier;
  runTokenKey: string;
  resourceMetadata: string;
}): RequestHandler[] {
  const { store, verifier, runTokenKey, resourceMetadata } = dependencies;
  const asUser = requireUser(verifier, { resourceMetadata });
  return [
    async (request, response, next) => {
      const identity = await runOf(store, runTokenKey, bearerTokenOf(request));
      if (identity === undefined) return asUser(request, response, next);
      Object.assign(request, { auth: toAuthInfo(identity) });
      next();
    },
    (request, _response, next) => {
      if (!("auth" in request)) Object.assign(request, { auth: toAuthInfo({ userId: userOf(request).sub }) });
      next();
    },
  ];
}

/** @throws Error when the endpoint is not behind `authenticate` */
export function identityOf(authInfo: AuthInfo | undefined): Identity {
  if (authInfo === undefined) throw new Error("the MCP endpoint is not behind authenticate");
  return { userId: authInfo.clientId, onlySession: Extra.parse(authInfo.extra).onlySession };
}

/** Who calls is all that a handler needs: the token itself stays here. */
function toAuthInfo({ userId, onlySession }: Identity): AuthInfo {
  return { token: "", clientId: userId, scopes: [], extra: { onlySession } };
}

async function runOf(
  store: ConversationStore,
  key: string,
  token: string | undefined,
): Promise<Identity | undefined> {
  if (token === undefined) return undefined;
  try {
    const id = readRunToken(key, token);
    if (id === undefined) return undefined;
    const run = await store.runs.get(id);
    if (run?.status !== "queued" && run?.status !== "running")
      throw new InvalidToken("the run is not under way");
    return { userId: run.userId, onlySession: run.sessionId };
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    throw new HttpProblem(401, "Unauthorized", "the run token is not valid, or the run is over", {
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
      cause: error,
    });
  }
}
