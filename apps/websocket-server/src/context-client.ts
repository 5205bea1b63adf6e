import {
  Approval,
  CreateMessageResponse,
  type Decision,
  type MessageAccepted,
  Problem,
  RunStatus,
  type SendMessage,
  type SocketError,
} from "@mobile-ai-agent/contracts";
import { contextHeaders } from "@mobile-ai-agent/service-kit";
import { z } from "zod";
import { SocketProblem } from "./socket-problem.ts";

const TIMEOUT_MS = 5000;

const RunSummary = z.object({ id: z.uuid(), session_id: z.uuid(), status: RunStatus });
type RunSummary = z.infer<typeof RunSummary>;

/** context-protocol-server as a user with this access token sees it. All throw SocketProblem. */
export interface ContextClient {
  /** @param socketId of the sender, which is not told of what it has sent */
  createMessage(token: string, message: SendMessage, socketId: string): Promise<MessageAccepted>;
  getRun(token: string, runId: string): Promise<RunSummary>;
  /** Asks for the run's end; the run as it was just before. */
  cancelRun(token: string, runId: string): Promise<RunSummary>;
  decideApproval(token: string, approvalId: string, decision: Decision): Promise<Approval>;
}

/** @param url origin of context-protocol-server */
export function createContextClient(url: string): ContextClient {
  return {
    async createMessage(token, { sessionId, clientMessageId, type, content, mediaId }, socketId) {
      const body = JSON.stringify({ type, content, media_id: mediaId, client_message_id: clientMessageId });
      const init = {
        method: "POST",
        headers: { ...bearer(token), "content-type": "application/json", "x-origin-socket": socketId },
        body,
      };
      const answer = await call(new URL(`/api/message/${sessionId}`, url), init, CreateMessageResponse);
      return { message: answer.message, runId: answer.run_id };
    },

    getRun: (token, runId) => call(new URL(`/api/run/${runId}`, url), { headers: bearer(token) }, RunSummary),

    cancelRun: (token, runId) =>
      call(new URL(`/api/run/${runId}/cancel`, url), { method: "POST", headers: bearer(token) }, RunSummary),

    decideApproval(token, approvalId, decision) {
      const headers = { ...bearer(token), "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify({ decision }) };
      return call(new URL(`/api/approvals/${approvalId}`, url), init, Approval);
    },
  };
}

async function call<S extends z.ZodType>(url: URL, init: RequestInit, schema: S): Promise<z.infer<S>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    // Once more when the connection broke, as it does when a pod goes: every call here is idempotent.
    const headers = { ...(init.headers as Record<string, string>), ...contextHeaders() };
    const once = () => fetch(url, { ...init, headers, signal });
    const response = await once().catch((error) => (signal.aborted ? Promise.reject(error) : once()));
    const body: unknown = await response.json();
    if (!response.ok) throw toProblem(response.status, body);
    return schema.parse(body);
  } catch (error) {
    if (error instanceof SocketProblem) throw error;
    throw new SocketProblem("unavailable", UNAVAILABLE, { cause: error });
  }
}

const UNAVAILABLE = "the service can't be reached now; try again shortly";

const CODES: Record<number, SocketError["code"]> = {
  ...{ 400: "invalid", 401: "unauthorized", 404: "not_found", 409: "conflict" },
};

function toProblem(status: number, body: unknown): SocketProblem {
  const code = CODES[status];
  if (code === undefined) return new SocketProblem("unavailable", UNAVAILABLE);
  return new SocketProblem(code, Problem.safeParse(body).data?.detail ?? "the request was refused");
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
