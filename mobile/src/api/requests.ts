import {
  Approval,
  ApprovalList,
  type Change,
  ChangeAccepted,
  ChangeList,
  CreateSessionResponse,
  type Decision,
  type EditMessageRequest,
  ErasureAccepted,
  FoundMessages,
  IdentityList,
  LinkIdentityResponse,
  Media,
  ProviderList,
  type RegenerateAnswerRequest,
  Run,
  Session,
  SessionList,
  User,
} from "@mobile-ai-agent/contracts";
import type { AxiosInstance, AxiosRequestConfig } from "axios";
import { z } from "zod";
import { type ApiResult, problemOf } from "./result.ts";

const PAGE = 200;
/** Of sessions; who has more finds them by searching. */
const MAX_PAGES = 5;
/** Answers with status 204 have no body. */
const Nothing = z.unknown();
const EXPORT = {
  responseType: "text",
  transformResponse: (text: unknown) => text,
  timeout: 300_000,
} as const;

export interface NewChanges {
  readonly changes: readonly Change[];
  /** The platform knows less than was known here: it was restored from a backup, and the changes are of another log. */
  readonly restored: boolean;
}

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
    listProviders: () => request(ProviderList, { url: "/api/auth/oidc/providers" }),
    listIdentities: () => request(IdentityList, { url: "/api/auth/identities" }),
    linkIdentity: (provider: string, password: string) =>
      request(LinkIdentityResponse, {
        method: "post",
        url: `/api/auth/oidc/${provider}/link`,
        data: { password },
      }),
    removeIdentity: (id: string) =>
      request(z.unknown(), { method: "delete", url: `/api/auth/identities/${id}` }),
    /** As text, since it is only kept; all of it takes a while. */
    exportMe: () => request(z.string(), { ...EXPORT, url: "/api/users/me/export" }),
    requestErasure: (password: string | undefined) =>
      request(ErasureAccepted, {
        method: "post",
        url: "/api/users/me/erasure",
        data: password === undefined ? {} : { password },
      }),
    getRun: (runId: string) => request(Run, { url: `/api/run/${runId}` }),
    getMedia: (mediaId: string) => request(Media, { url: `/api/media/${mediaId}` }),

    async listApprovals(): Promise<ApiResult<readonly Approval[]>> {
      const answer = await request(ApprovalList, { url: "/api/approvals" });
      return answer.ok ? { ok: true, data: answer.data.approvals } : answer;
    },

    decideApproval: (id: string, decision: Decision) =>
      request(Approval, { method: "post", url: `/api/approvals/${id}`, data: { decision } }),

    async listSessions(): Promise<ApiResult<readonly Session[]>> {
      const sessions: Session[] = [];
      let after: string | null = null;
      for (let count = 0; count < MAX_PAGES; count += 1) {
        const params: object = { limit: PAGE, ...(after !== null && { after }) };
        const page: ApiResult<SessionList> = await request(SessionList, { url: "/api/session", params });
        if (!page.ok) return page;
        sessions.push(...page.data.sessions);
        after = page.data.next_after;
        if (after === null) break;
      }
      return { ok: true, data: sessions };
    },

    /** Called after its first message by the platform. */
    createSession: () =>
      request(CreateSessionResponse, { method: "post", url: "/api/session/create", data: {} }),

    renameSession: (sessionId: string, title: string) =>
      request(Session, { method: "patch", url: `/api/session/${sessionId}`, data: { title } }),

    deleteSession: (sessionId: string) =>
      request(Nothing, { method: "delete", url: `/api/session/${sessionId}` }),

    /** What happened after a change, over as many pages as it takes. */
    async listChanges(sessionId: string, after: number): Promise<ApiResult<NewChanges>> {
      const changes: Change[] = [];
      let restored = false;
      for (let next: number | null = after; next !== null; ) {
        const page: ApiResult<ChangeList> = await request(ChangeList, {
          url: `/api/message/${sessionId}/changes`,
          params: { after: next, limit: PAGE },
        });
        if (!page.ok) return page;
        changes.push(...page.data.changes);
        restored ||= page.data.last !== undefined && page.data.last < next;
        next = page.data.next_after;
      }
      return { ok: true, data: { changes, restored } };
    },

    editMessage: (sessionId: string, messageId: string, data: EditMessageRequest) =>
      request(ChangeAccepted, { method: "post", url: `/api/message/${sessionId}/${messageId}/edit`, data }),

    regenerateAnswer: (sessionId: string, messageId: string, data: RegenerateAnswerRequest) => {
      const url = `/api/message/${sessionId}/${messageId}/regenerate`;
      return request(ChangeAccepted, { method: "post", url, data });
    },

    deleteMessage: (sessionId: string, messageId: string) =>
      request(Nothing, { method: "delete", url: `/api/message/${sessionId}/${messageId}` }),

    searchMessages: (q: string, cursor: string | undefined) =>
      request(FoundMessages, { url: "/api/messages/search", params: { q, ...(cursor && { cursor }) } }),

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
