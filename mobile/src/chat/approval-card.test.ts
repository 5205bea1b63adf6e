import { createElement, type ReactElement } from "react";
import { expect, it, vi } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import { SESSION_ID } from "../testing/messages.ts";
import { ThemeProvider } from "../ui/theme-context.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import type { AskedApproval } from "./approvals.ts";

/** As the web build has it. */
vi.mock("react-native", () => vi.importActual("react-native-web"));

interface Server {
  renderToStaticMarkup(element: ReactElement): string;
}

async function draw(part: Partial<AskedApproval>, hasRunEnded = false): Promise<string> {
  const { renderToStaticMarkup } = await vi.importActual<Server>("react-dom/server");
  const approval: AskedApproval = {
    ...{ id: "approval-1", run_id: "run-1", session_id: SESSION_ID, server: "mail", tool: "send_email" },
    ...{ risk: "outbound", tainted: true, arguments: "{}", status: "pending" },
    ...{ created_at: new Date().toISOString(), expires_at: new Date(Date.now() + 60_000).toISOString() },
    ...part,
  };
  const card = createElement(ApprovalCard, { approval, hasRunEnded, onDecide: async () => undefined });
  const theme = { store: createMemoryStore() } as Parameters<typeof ThemeProvider>[0];
  return renderToStaticMarkup(createElement(ThemeProvider, theme, card));
}

const buttons = (drawn: string) => drawn.match(/approval-(approve|refuse)/g) ?? [];

it.each([
  ["while the call can be decided", {}],
  ["by whatever clock the device has", { expires_at: "2026-01-01T00:00:00.000Z" }],
])("has both buttons %s", async (_when, part) => {
  const drawn = await draw(part);
  expect(buttons(drawn)).toEqual(["approval-refuse", "approval-approve"]);
  expect(drawn).not.toContain("approval-fate");
});

it.each([
  ["was approved", { status: "approved" }, false, "Approved."],
  ["was refused", { status: "refused" }, false, "Refused"],
  ["has expired", { status: "expired" }, false, "Expired"],
  [
    "was decided too late here",
    { outcome: "The call was approved before" },
    false,
    "The call was approved before.",
  ],
  ["belongs to a run that has ended", {}, true, "The answer ended before"],
] as const)("has no buttons and says what became of it when it %s", async (_name, part, hasEnded, fate) => {
  const drawn = await draw(part, hasEnded);
  expect(buttons(drawn)).toEqual([]);
  expect(drawn).toMatch(new RegExp(`approval-fate[^>]*>${fate}`));
});
