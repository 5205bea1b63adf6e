import {
  CreateSessionRequest,
  CreateSessionResponse,
  ListSessionsQuery,
  RenameSessionRequest,
  Session,
  SessionList,
} from "../sessions.ts";
import type { Operations } from "./operation.ts";

export const sessionOperations: Operations = {
  createSession: {
    method: "post",
    path: "/api/session/create",
    summary: "Begin a session.",
    access: "user",
    body: CreateSessionRequest,
    success: { status: 201, schema: CreateSessionResponse },
  },
  listSessions: {
    method: "get",
    path: "/api/session",
    summary: "The caller's sessions, the last used first, page by page.",
    access: "user",
    query: ListSessionsQuery,
    success: { status: 200, schema: SessionList },
  },
  getSession: {
    method: "get",
    path: "/api/session/{sessionId}",
    summary: "One of the caller's sessions.",
    access: "user",
    success: { status: 200, schema: Session },
  },
  renameSession: {
    method: "patch",
    path: "/api/session/{sessionId}",
    summary: "Give a session another title.",
    access: "user",
    body: RenameSessionRequest,
    success: { status: 200, schema: Session },
  },
  deleteSession: {
    method: "delete",
    path: "/api/session/{sessionId}",
    summary: "Remove a session for good, with its messages, context and runs; pictures and recordings stay.",
    access: "user",
    success: { status: 204 },
  },
};
