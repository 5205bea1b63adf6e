import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

const MAX_FAILURES = 8;
const MAX_LINES = 8;
const MAX_PENDING = 3;

/** Follows an update by the engine's events: a line of progress each, and the failures in the end. */
export interface UpdateWatcher {
  readonly onEvent: (event: EngineEvent) => void;
  /** @returns what failed and why, a paragraph a resource; empty when nothing did. */
  readonly failures: () => string[];
}

/** @param report takes lines such as `12 of 43: deployment api-gateway` */
export function watchUpdate(report: (line: string) => void): UpdateWatcher {
  const started = new Set<string>();
  const done = new Set<string>();
  const errors = new Map<string, string>();

  const onEvent = (event: EngineEvent): void => {
    const before = event.resourcePreEvent?.metadata;
    const after = event.resOutputsEvent?.metadata;
    if (before && isCounted(before.type)) started.add(before.urn);
    if (after && isCounted(after.type)) {
      started.add(after.urn);
      done.add(after.urn);
    }
    const changed = before ?? after;
    if (changed && changed.op !== "same" && isCounted(changed.type)) {
      report(
        `${done.size} of ${started.size}: ${describePending(started, done) || describeUrn(changed.urn)}`,
      );
    }
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.severity === "error") {
      const resource = diagnostic.urn ? describeUrn(diagnostic.urn) : "engine";
      const said = errors.get(resource) ?? "";
      const text = withoutColours(diagnostic.message).replace(/^error: /, "");
      // The engine and the program's host may say the same.
      if (!said.includes(text.trim())) errors.set(resource, said + text);
    }
  };
  return { onEvent, failures: () => summarise(errors) };
}

/** What is under way: the first few, in the order in which they started. */
function describePending(started: ReadonlySet<string>, done: ReadonlySet<string>): string {
  const pending = [...started].filter((urn) => !done.has(urn));
  const shown = pending.slice(0, MAX_PENDING).map(describeUrn);
  return pending.length > shown.length ? `${shown.join(", ")} …` : shown.join(", ");
}

/** Components and the stack itself do nothing in the cluster. */
const isCounted = (type: string) => type.startsWith("kubernetes:");

/** @returns `deployment api-gateway` for `urn:pulumi:…::kubernetes:apps/v1:Deployment::api-gateway` */
export function describeUrn(urn: string): string {
  const parts = urn.split("::");
  const type = parts.at(-2)?.split("$").at(-1) ?? "";
  if (type === "pulumi:pulumi:Stack") return "program";
  const kind = type.split(":").at(-1) ?? type;
  return `${kind.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()} ${parts.at(-1)}`;
}

/** The engine marks colours as `<{%fg 1%}>`. */
const withoutColours = (text: string) => text.replaceAll(/<\{%[^%]*%\}>/g, "");

/** The program's own paragraph only repeats that a resource has failed, when one has. */
function summarise(errors: ReadonlyMap<string, string>): string[] {
  const entries = [...errors].filter(([, text]) => text.trim() !== "");
  const resources = entries.filter(([name]) => name !== "program" && name !== "engine");
  const chosen = resources.length > 0 ? resources : entries;
  const shown = chosen.slice(0, MAX_FAILURES).map(([name, text]) => `${name}: ${firstLines(text)}`);
  return chosen.length > shown.length ? [...shown, `and ${chosen.length - shown.length} more`] : shown;
}

function firstLines(text: string): string {
  const lines = text.trim().split("\n");
  const shown = lines.slice(0, MAX_LINES).join("\n    ");
  return lines.length > MAX_LINES ? `${shown}\n    …` : shown;
}
