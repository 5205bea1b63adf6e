import { Context, UpdateContextRequest } from "../sessions.ts";
import type { Operations } from "./operation.ts";

const updateContext = {
  access: "user",
  body: UpdateContextRequest,
  versioned: true,
  success: { status: 200, schema: Context },
} as const;

export const contextOperations: Operations = {
  getContext: {
    method: "get",
    path: "/api/context/{sessionId}",
    summary: "What the agent knows in a session.",
    access: "user",
    versioned: true,
    success: { status: 200, schema: Context },
  },
  patchContext: {
    ...updateContext,
    method: "patch",
    path: "/api/context/{sessionId}",
    summary: "Merge into the context: null removes a key, objects are merged (RFC 7396).",
  },
  updateContext: {
    ...updateContext,
    method: "post",
    path: "/api/context/{sessionId}/update",
    summary: "The same as patchContext, for clients without PATCH.",
  },
};
