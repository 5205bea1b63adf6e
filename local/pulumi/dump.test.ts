import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { formatDump, resourcesIn } from "./dump.ts";

const ROOT = "/somewhere/mobile-ai-agent-preview-AbC";
const event = (type: string, name: string, inputs: object): EngineEvent =>
  ({
    resourcePreEvent: { metadata: { type, urn: `urn:pulumi:s::p::${type}::${name}`, new: { inputs } } },
  }) as unknown as EngineEvent;
const inputsOf = (inputs: object) => resourcesIn([event("a:b:C", "x", inputs)], ROOT)[0]?.inputs;

test("resources are sorted, whatever the order in which they came", () => {
  const events = [event("b:b:B", "a", {}), event("a:a:A", "z", {}), event("a:a:A", "b", {})];
  const sorted = resourcesIn(events, ROOT).map(({ type, name }) => `${type} ${name}`);
  expect(sorted).toEqual(["a:a:A b", "a:a:A z", "b:b:B a"]);
});

test("secrets are masked at any depth", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b4", ciphertext: "abc" };
  expect(inputsOf({ passwords: [secret], plain: "x" })).toEqual({ passwords: ["[secret]"], plain: "x" });
});

test("keys are in one order, and folders of the run have one name", () => {
  const text = JSON.stringify(inputsOf({ b: `${ROOT}/state/kubeconfig`, a: 1 }));
  expect(text).toBe('{"a":1,"b":"<preview>/state/kubeconfig"}');
});

test("JSON in a text is shown as what it says, long texts and schemas by a checksum that tells a change", () => {
  expect(inputsOf({ policy: '{"Statement":[]}', brace: "{no JSON" })).toEqual({
    brace: "{no JSON",
    policy: { Statement: [] },
  });
  const long = (end: string) => inputsOf({ text: `${"x".repeat(5000)}${end}` });
  expect(JSON.stringify(long("a"))).toMatch(/^{"text":"<5001 characters, sha256 [0-9a-f]{16}>"}$/);
  expect(long("a")).not.toEqual(long("b"));
  expect(JSON.stringify(inputsOf({ schema: { openAPIV3Schema: {} } }))).toContain("sha256");
});

test("a dump has a document for each resource", () => {
  const dump = formatDump(resourcesIn([event("a:a:A", "b", { c: 1 }), event("a:a:A", "d", {})], ROOT));
  expect(dump).toBe("a:a:A b:\n  c: 1\n---\na:a:A d: {}\n");
});
