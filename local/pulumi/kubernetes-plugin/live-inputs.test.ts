import { expect, test } from "vitest";
import { importedInputs, projectInputs } from "./live-inputs.ts";

const inputs = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        volumes: [],
        containers: [
          {
            name: "main",
            image: "a:1",
            args: ["-v"],
            resources: { limits: { cpu: "1000m", memory: "1024Mi" } },
          },
        ],
      },
    },
  },
};

/** What the API server makes of the inputs: defaults, canonical quantities, empty lists dropped. */
function liveOf(
  change: (container: Record<string, unknown>) => void = () => undefined,
  sidecars: object[] = [],
) {
  const container: Record<string, unknown> = {
    name: "main",
    image: "a:1",
    args: ["-v"],
    imagePullPolicy: "IfNotPresent",
    resources: { limits: { cpu: "1", memory: "1Gi" } },
  };
  change(container);
  return {
    ...inputs,
    metadata: { ...inputs.metadata, uid: "1", generation: 3 },
    spec: { replicas: 2, paused: false, template: { spec: { containers: [...sidecars, container] } } },
    status: {},
  };
}

test("defaults, rewritten quantities and what others add are no drift", () => {
  expect(
    projectInputs(
      inputs,
      liveOf(() => undefined, [{ name: "injected", image: "b" }]),
    ),
  ).toEqual(inputs);
});

test("a value that someone changed, removed or extended is drift", () => {
  const containerOf = (live: ReturnType<typeof liveOf>) =>
    (projectInputs(inputs, live) as typeof inputs).spec.template.spec.containers[0];
  expect(containerOf(liveOf((c) => Object.assign(c, { image: "a:2" })))?.image).toBe("a:2");
  expect(containerOf(liveOf((c) => delete c.args))).not.toHaveProperty("args");
  expect(containerOf(liveOf((c) => Object.assign(c, { args: ["-v", "-x"] })))?.args).toEqual(["-v", "-x"]);
  expect(
    containerOf(liveOf((c) => Object.assign(c, { resources: { limits: { cpu: "2", memory: "1Gi" } } })))
      ?.resources.limits,
  ).toEqual({ cpu: "2", memory: "1024Mi" });
});

test("a Secret's texts are compared with its data", () => {
  const secret = { apiVersion: "v1", kind: "Secret", stringData: { same: "a", changed: "b", gone: "c" } };
  const data = { same: Buffer.from("a").toString("base64"), changed: Buffer.from("x").toString("base64") };
  expect(projectInputs(secret, { apiVersion: "v1", kind: "Secret", data })).toEqual({
    ...secret,
    stringData: { same: "a", changed: "x" },
  });
});

test("an import keeps what a person would write", () => {
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", mine: "1" };
  const live = {
    kind: "X",
    metadata: { name: "a", uid: "1", managedFields: [], annotations },
    spec: { a: 1 },
    status: {},
  };
  expect(importedInputs(live)).toEqual({
    kind: "X",
    metadata: { name: "a", annotations: { mine: "1" } },
    spec: { a: 1 },
  });
});
