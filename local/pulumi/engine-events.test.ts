import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { countChanges } from "./driver.ts";
import { describeUrn, watchUpdate } from "./engine-events.ts";

const urn = (type: string, name: string) => `urn:pulumi:local::mobile-ai-agent::${type}::${name}`;
const DEPLOYMENT = "mobile-ai-agent:components:AppService$kubernetes:apps/v1:Deployment";

function step(
  kind: "resourcePreEvent" | "resOutputsEvent",
  type: string,
  name: string,
  op = "create",
): EngineEvent {
  const metadata = { op, urn: urn(type, name), type: type.split("$").at(-1), provider: "" };
  return { sequence: 0, timestamp: 0, [kind]: { metadata } } as unknown as EngineEvent;
}

function error(type: string, name: string, message: string): EngineEvent {
  const diagnosticEvent = { urn: urn(type, name), message, color: "never", severity: "error" as const };
  return { sequence: 0, timestamp: 0, diagnosticEvent };
}

test("resources are named as people name them", () => {
  expect(describeUrn(urn(DEPLOYMENT, "api-gateway"))).toBe("deployment api-gateway");
  expect(describeUrn(urn("kubernetes:policy/v1:PodDisruptionBudget", "x"))).toBe("pod disruption budget x");
  expect(describeUrn(urn("pulumi:pulumi:Stack", "mobile-ai-agent-local"))).toBe("program");
});

test("progress counts what is in the cluster, and is silent on what stays as it is", () => {
  const lines: string[] = [];
  const { onEvent } = watchUpdate((line) => lines.push(line));
  onEvent(step("resourcePreEvent", "mobile-ai-agent:components:AppService", "api-gateway"));
  onEvent(step("resOutputsEvent", "kubernetes:core/v1:Secret", "old", "same"));
  onEvent(step("resourcePreEvent", DEPLOYMENT, "api-gateway"));
  onEvent(step("resOutputsEvent", DEPLOYMENT, "api-gateway"));
  expect(lines).toEqual(["1 of 2: deployment api-gateway", "2 of 2: deployment api-gateway"]);
});

test("failures are those of resources, without colours and without the engine's echo of them", () => {
  const { onEvent, failures } = watchUpdate(() => {});
  onEvent(error(DEPLOYMENT, "api-gateway", "<{%fg 1%}>error: <{%reset%}>ImagePullBackOff\n"));
  onEvent(error("pulumi:pulumi:Stack", "mobile-ai-agent-local", "update failed"));
  expect(failures()).toEqual(["deployment api-gateway: ImagePullBackOff"]);
});

test("a program that fails by itself is reported", () => {
  const { onEvent, failures } = watchUpdate(() => {});
  onEvent(error("pulumi:pulumi:Stack", "mobile-ai-agent-local", "mobile-ai-agent:colour: is not a key\n"));
  onEvent(
    error("pulumi:pulumi:Stack", "mobile-ai-agent-local", "error: mobile-ai-agent:colour: is not a key"),
  );
  expect(failures()).toEqual(["program: mobile-ai-agent:colour: is not a key"]);
});

test("many and long failures are cut short, saying so", () => {
  const { onEvent, failures } = watchUpdate(() => {});
  for (let n = 0; n < 20; n++) onEvent(error(DEPLOYMENT, `s${n}`, "line\n".repeat(50)));
  expect(failures().at(-1)).toBe("and 12 more");
  expect(failures().join("\n").split("\n").length).toBeLessThan(100);
});

test("changes are counted without what stayed the same", () => {
  expect(countChanges({ create: 42, same: 3, update: 1 })).toEqual({
    changes: 43,
    summary: "42 created, 1 updated",
  });
  expect(countChanges({ same: 45 })).toEqual({ changes: 0, summary: "0 changes" });
  expect(countChanges(undefined)).toEqual({ changes: 0, summary: "0 changes" });
});
