import { expect, it } from "vitest";
import type { OutboxItem } from "../outbox/outbox-item.ts";
import { SESSION_ID } from "../testing/messages.ts";
import { strandedOf } from "./stranded.ts";

const refused = (sessionId: string, order: number): OutboxItem => ({
  ...{ clientMessageId: `client-${order}`, sessionId, type: "text", content: "hello", order },
  ...{ createdAt: "2026-01-01T00:00:00.000Z", refusal: "no such session" },
});
const at = "2026-01-01T00:00:00.000Z";
const sessions = [{ id: SESSION_ID, title: "Sky", created_at: at, updated_at: at }];

it("finds refused messages whose session is not listed, and says nothing before there is a list", () => {
  const items = [refused(SESSION_ID, 1), refused("deleted", 2), refused("deleted", 3)];
  expect(strandedOf(items, sessions)).toEqual([{ sessionId: "deleted", count: 2 }]);
  expect(strandedOf(items, undefined)).toEqual([]);
});
