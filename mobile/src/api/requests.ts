import {
  Approval,
  ApprovalList,
  CreateSessionResponse,
  type Decision,
  Media,
  type Message,
  MessageList,
  Run,
  type Session,
  SessionList,
  User,
} from "@mobile-ai-agent/contracts";
import type { AxiosInstance, AxiosRequestConfig } from "axios";
import type { z } from "zod";
import { type ApiResult, problemOf } from "./result.ts";

const PAGE = 200;

/** What the app asks the platform for; each answer is checked against the contract. */
export function createRequests(http: AxiosInstance) {
  async function request<S extends z.ZodType>(
    schema: S,
    config: AxiosRequestConfig,
  ): Promise<ApiResult<z.infer<S>>> {
    try {
      return { ok: true, data: schema.parse((await http.request(config)).data) };
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
  }

  return {
    getMe: () => request(User, { url: "/api/users/me" }),
    getRun: (runId: string) => request(Run, { url: `/api/run/${runId}` }),
    getMedia: (mediaId: string) => request(Media, { url: `/api/media/${mediaId}` }),

    async listApprovals(): Promise<ApiResult<readonly Approval[]>> {
      const answer = await request(ApprovalList, { url: "/api/approvals" });
      return answer.ok ? { ok: true, data: answer.data.approvals } : answer;
    },

    decideApproval: (id: string, decision: Decision) =>
      request(Approval, { method: "post", url: `/api/approvals/${id}`, data: { decision } }),

    async listSessions(): Promise<ApiResult<readonly Session[]>> {
      const answer = await request(SessionList, { url: "/api/session" });
      return answer.ok ? { ok: true, data: answer.data.sessions } : answer;
    },

    createSession: (title: string) =>
      request(CreateSessionResponse, { method: "post", url: "/api/session/create", data: { title } }),

    /** All messages after one, over as many pages as it takes. */
    async listMessages(sessionId: string, after: number): Promise<ApiResult<readonly Message[]>> {
      const messages: Message[] = [];
      for (let next: number | null = after; next !== null; ) {
        const page: ApiResult<MessageList> = await request(MessageList, {
          url: `/api/message/${sessionId}`,
          params: { after: next, limit: PAGE },
        });
        if (!page.ok) return page;
        messages.push(...page.data.messages);
        next = page.data.next_after;
      }
      return { ok: true, data: messages };
    },

    uploadMedia: (bytes: Uint8Array, contentType: string) =>
      request(Media, {
        method: "post",
        url: "/api/media",
        // Of its own: axios sends the whole buffer under a view.
        data: bytes.slice().buffer,
        headers: { "Content-Type": contentType },
        timeout: 120_000,
      }),
  };
}

export type Requests = ReturnType<typeof createRequests>;
