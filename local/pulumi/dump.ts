import { createHash } from "node:crypto";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { stringify } from "yaml";

/** A resource as the program gives it to the engine, without secrets and without what differs from run to run. */
export interface DumpedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}

/** How the engine marks a secret, whose value it leaves out. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** Longer texts, such as dashboards and schemas, have tests of their own: the dump tells only that they are the same. */
const LONGEST_TEXT = 1_000;

/**
 * @param events of a preview; the engine has replaced secrets in them
 * @param root folder of the preview, whose name is another one each time
 * @returns every resource, sorted by type and name
 */
export function resourcesIn(events: readonly EngineEvent[], root: string): DumpedResource[] {
  const found = events.flatMap(({ resourcePreEvent }) => {
    const { type, urn, new: state } = resourcePreEvent?.metadata ?? {};
    if (!type || !urn || !state) return [];
    return [{ type, name: urn.split("::").at(-1) ?? "", inputs: settle(state.inputs ?? {}, root) }];
  });
  const key = ({ type, name }: DumpedResource) => `${type} ${name}`;
  return found.sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** @returns a text that people can review: a document for each resource. */
export function formatDump(resources: readonly DumpedResource[]): string {
  return resources
    .map(({ type, name, inputs }) => stringify({ [`${type} ${name}`]: inputs }, { lineWidth: 0 }))
    .join("---\n");
}

function settle(value: unknown, root: string): unknown {
  if (typeof value === "string") return settleText(value, root);
  if (Array.isArray(value)) return value.map((item) => settle(item, root));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, settle(item, root)] as const);
  const settled = Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
  if (SIGNATURE in settled) return "[secret]";
  return isSchema(settled) ? summarise(JSON.stringify(settled)) : settled;
}

function settleText(text: string, root: string): unknown {
  if (text.includes(root)) return text.replaceAll(root, "<preview>");
  // Policies and settings of AWS are JSON in a text.
  if (text.startsWith("{") && text.length <= 3 * LONGEST_TEXT) {
    try {
      return settle(JSON.parse(text), root);
    } catch {
      return text;
    }
  }
  return text.length > LONGEST_TEXT ? summarise(text) : text;
}

const isSchema = (value: object) => "openAPIV3Schema" in value;

const summarise = (text: string) =>
  `<${text.length} characters, sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 16)}>`;
