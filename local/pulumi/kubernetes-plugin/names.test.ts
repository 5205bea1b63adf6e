import { expect, test } from "vitest";
import { at, textAt, UNKNOWN } from "../provider-kit/values.ts";
import { idOf, isAutonamed, parseId, parseType, parseUrn, withName, withNamespace } from "./names.ts";

const name = (inputs: object): string | undefined => textAt(inputs, "metadata", "name");

test("an object without a name gets one, and keeps it", () => {
  const first = withName({ kind: "ConfigMap" }, "settings", undefined);
  expect(name(first)).toMatch(/^settings-[0-9a-f]{8}$/);
  expect(isAutonamed(first)).toBe(true);
  expect(name(withName({ kind: "ConfigMap" }, "settings", first))).toBe(name(first));
  expect(name(withName({ kind: "ConfigMap" }, "settings", undefined))).not.toBe(name(first));
});

test("a name that the program gave is never kept for one without", () => {
  const olds = { metadata: { name: "given" } };
  expect(name(withName({}, "settings", olds))).not.toBe("given");
  expect(withName(olds, "settings", undefined)).toBe(olds);
});

test("a name is at most 63 characters long", () => {
  expect(name(withName({}, "x".repeat(80), undefined))).toHaveLength(63);
});

test("what a preview doesn't know is left alone", () => {
  const unknown = { metadata: { name: UNKNOWN, namespace: UNKNOWN } };
  expect(withNamespace(withName(unknown, "a", undefined), "default")).toBe(unknown);
  const all = { metadata: UNKNOWN };
  expect(withNamespace(withName(all, "a", undefined), "default")).toBe(all);
});

test("a namespace is given only where there is none", () => {
  expect(at(withNamespace({}, "space"), "metadata", "namespace")).toBe("space");
  expect(at(withNamespace({ metadata: { namespace: "mine" } }, "space"), "metadata", "namespace")).toBe(
    "mine",
  );
});

test("ids, types and URNs", () => {
  expect(idOf({ metadata: { name: "a", namespace: "b" } })).toBe("b/a");
  expect(idOf({ metadata: { name: "a" } })).toBe("a");
  expect(parseId("b/a")).toEqual({ namespace: "b", name: "a" });
  expect(parseId("system:reader")).toEqual({ name: "system:reader" });
  expect(parseType("kubernetes:core/v1:Secret")).toEqual({ apiVersion: "v1", kind: "Secret" });
  expect(parseType("kubernetes:apps/v1:Deployment")).toEqual({ apiVersion: "apps/v1", kind: "Deployment" });
  expect(() => parseType("kubernetes:apps/v1")).toThrow("not a Kubernetes resource type");
  expect(parseUrn("urn:pulumi:s::p::a:b:C$kubernetes:core/v1:Secret::x::y")).toEqual({
    type: "kubernetes:core/v1:Secret",
    name: "x::y",
  });
});
