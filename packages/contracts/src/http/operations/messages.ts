import {
  ChangeAccepted,
  ChangeList,
  EditMessageRequest,
  ListChangesQuery,
  RegenerateAnswerRequest,
} from "../changes.ts";
import {
  CreateMessageRequest,
  CreateMessageResponse,
  FoundMessages,
  ListMessagesQuery,
  MessageList,
  MessageVersions,
  SearchMessagesQuery,
} from "../messages.ts";
import type { Operations } from "./operation.ts";

export const messageOperations: Operations = {
  createMessage: {
    method: "post",
    path: "/api/message/{sessionId}",
    summary: "Send a message, and start the run that answers it.",
    access: "user",
    body: CreateMessageRequest,
    success: { status: 201, schema: CreateMessageResponse },
    problems: [409],
  },
  listMessages: {
    method: "get",
    path: "/api/message/{sessionId}",
    summary: "The messages that a session shows, page by page, forwards or backwards.",
    access: "user",
    query: ListMessagesQuery,
    success: { status: 200, schema: MessageList },
  },
  listChanges: {
    method: "get",
    path: "/api/message/{sessionId}/changes",
    summary: "What happened in a session after a change, page by page: how devices keep up.",
    access: "user",
    query: ListChangesQuery,
    success: { status: 200, schema: ChangeList },
  },
  editMessage: {
    method: "post",
    path: "/api/message/{sessionId}/{messageId}/edit",
    summary:
      "Write a message anew, and start the run that answers it; what followed the old one is superseded.",
    access: "user",
    body: EditMessageRequest,
    success: { status: 201, schema: ChangeAccepted },
    problems: [409],
  },
  regenerateAnswer: {
    method: "post",
    path: "/api/message/{sessionId}/{messageId}/regenerate",
    summary: "Start another run that answers a message; its answer so far, and what followed, is superseded.",
    access: "user",
    body: RegenerateAnswerRequest,
    success: { status: 201, schema: ChangeAccepted },
    problems: [409],
  },
  deleteMessage: {
    method: "delete",
    path: "/api/message/{sessionId}/{messageId}",
    summary: "Remove an answer for good, or a message with its answers. Again does no harm.",
    access: "user",
    success: { status: 204 },
  },
  listVersions: {
    method: "get",
    path: "/api/message/{sessionId}/{messageId}/versions",
    summary: "A message as it is and as it was before, or all answers to the same message; the last 50.",
    access: "user",
    success: { status: 200, schema: MessageVersions },
  },
  searchMessages: {
    method: "get",
    path: "/api/messages/search",
    summary: "The caller's messages and answers that contain a text, in all sessions, the latest first.",
    access: "user",
    query: SearchMessagesQuery,
    success: { status: 200, schema: FoundMessages },
  },
};
