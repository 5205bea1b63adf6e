import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as contracts from "./index.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/socket-protocol.md", import.meta.url), "utf8");
/** A comment names the schema of the example behind it. */
const EXAMPLES = [...DOCUMENT.matchAll(/<!-- (\w+) -->\s+```json\n(.*?)```/gs)].map(
  ([, name = "", text = ""]) => ({ name, example: JSON.parse(text) as unknown }),
);

/** What the event maps name: they are types, so the source is read. */
const SOURCE = readFileSync(new URL("./socket.ts", import.meta.url), "utf8");
const EVENTS = [...SOURCE.matchAll(/^ {2}"([a-z]+:[a-z]+)": \(/gm)].map(([, name]) => name);

describe("docs/socket-protocol.md", () => {
  it("has a schema for every example", () => {
    expect(EXAMPLES.length).toBe(DOCUMENT.split("```json").length - 1);
    expect(EXAMPLES.length).toBeGreaterThan(10);
  });

  it.each(EXAMPLES)("has an example of $name that is one", ({ name, example }) => {
    const schema = (contracts as unknown as Record<string, { parse(value: unknown): unknown }>)[name];
    expect(schema, name).toBeDefined();
    expect(schema?.parse(example)).toEqual(example);
  });

  it("tells of every event", () => {
    expect(EVENTS.length).toBeGreaterThan(9);
    expect(EVENTS.filter((name) => !DOCUMENT.includes(`\`${name}\``))).toEqual([]);
  });

  it("is of the version that is spoken", () => {
    expect(DOCUMENT).toContain(`## Version ${contracts.PROTOCOL_VERSION}`);
    expect(contracts.SUPPORTED_PROTOCOL_VERSIONS).toContain(contracts.PROTOCOL_VERSION);
  });
});
