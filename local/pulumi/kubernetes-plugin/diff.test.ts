import { describe, expect, test } from "vitest";
import { type Json, UNKNOWN } from "../provider-kit/values.ts";
import { diffInputs } from "./diff.ts";

const object = (apiVersion: string, kind: string, rest: Json = {}): Json => ({
  apiVersion,
  kind,
  metadata: { name: "one", namespace: "space" },
  ...rest,
});

describe("what the API server refuses to change is replaced, the rest is not", () => {
  test.each<[string, Json, Json, boolean]>([
    [
      "Deployment selector",
      object("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "1" } } } }),
      object("apps/v1", "Deployment", { spec: { selector: { matchLabels: { a: "2" } } } }),
      true,
    ],
    [
      "Deployment image",
      object("apps/v1", "Deployment", { spec: { template: { image: "1" } } }),
      object("apps/v1", "Deployment", { spec: { template: { image: "2" } } }),
      false,
    ],
    [
      "StatefulSet claim templates",
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ size: "1" }] } }),
      object("apps/v1", "StatefulSet", { spec: { volumeClaimTemplates: [{ size: "2" }] } }),
      true,
    ],
    [
      "StatefulSet service name",
      object("apps/v1", "StatefulSet", { spec: { serviceName: "a" } }),
      object("apps/v1", "StatefulSet", { spec: { serviceName: "b" } }),
      true,
    ],
    [
      "Job template",
      object("batch/v1", "Job", { spec: { template: { image: "1" } } }),
      object("batch/v1", "Job", { spec: { template: { image: "2" } } }),
      true,
    ],
    [
      "Job parallelism",
      object("batch/v1", "Job", { spec: { parallelism: 1 } }),
      object("batch/v1", "Job", { spec: { parallelism: 2 } }),
      false,
    ],
    [
      "CronJob template",
      object("batch/v1", "CronJob", { spec: { jobTemplate: { image: "1" } } }),
      object("batch/v1", "CronJob", { spec: { jobTemplate: { image: "2" } } }),
      false,
    ],
    [
      "Service cluster address",
      object("v1", "Service", { spec: { clusterIP: "10.0.0.1" } }),
      object("v1", "Service", { spec: { clusterIP: "None" } }),
      true,
    ],
    [
      "Service ports",
      object("v1", "Service", { spec: { ports: [{ port: 1 }] } }),
      object("v1", "Service", { spec: { ports: [{ port: 2 }] } }),
      false,
    ],
    [
      "claim's class",
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }),
      object("v1", "PersistentVolumeClaim", { spec: { storageClassName: "b" } }),
      true,
    ],
    [
      "claim's size",
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "1Gi" } } } }),
      object("v1", "PersistentVolumeClaim", { spec: { resources: { requests: { storage: "2Gi" } } } }),
      false,
    ],
    ["Secret type", object("v1", "Secret", { type: "a" }), object("v1", "Secret", { type: "b" }), true],
    [
      "Secret data",
      object("v1", "Secret", { data: { a: "1" } }),
      object("v1", "Secret", { data: { a: "2" } }),
      false,
    ],
    [
      "immutable data",
      object("v1", "ConfigMap", { immutable: true, data: { a: "1" } }),
      object("v1", "ConfigMap", { immutable: true, data: { a: "2" } }),
      true,
    ],
    [
      "becoming immutable",
      object("v1", "ConfigMap", {}),
      object("v1", "ConfigMap", { immutable: true }),
      false,
    ],
    [
      "no longer immutable",
      object("v1", "ConfigMap", { immutable: true }),
      object("v1", "ConfigMap", {}),
      true,
    ],
    [
      "RoleBinding role",
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }),
      object("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "b" } }),
      true,
    ],
    [
      "StorageClass provisioner",
      object("storage.k8s.io/v1", "StorageClass", { provisioner: "a" }),
      object("storage.k8s.io/v1", "StorageClass", { provisioner: "b" }),
      true,
    ],
    ["group", object("extensions/v1", "Ingress"), object("networking.k8s.io/v1", "Ingress"), true],
    [
      "version of the same group",
      object("autoscaling/v1", "Scaler"),
      object("autoscaling/v2", "Scaler"),
      false,
    ],
    ["kind", object("v1", "Secret"), object("v1", "ConfigMap"), true],
    [
      "name",
      object("v1", "ConfigMap"),
      { ...object("v1", "ConfigMap"), metadata: { name: "two", namespace: "space" } },
      true,
    ],
    [
      "namespace",
      object("v1", "ConfigMap"),
      { ...object("v1", "ConfigMap"), metadata: { name: "one", namespace: "b" } },
      true,
    ],
    [
      "a field that only begins alike",
      object("apps/v1", "Deployment", { spec: { selectorX: "1" } }),
      object("apps/v1", "Deployment", { spec: { selectorX: "2" } }),
      false,
    ],
  ])("%s", (_name, olds, news, replace) => {
    const { changes } = diffInputs(olds, news);
    expect(changes).toHaveLength(1);
    expect(changes[0]?.replace).toBe(replace);
  });
});

test("equal inputs, and null for absent, are no change", () => {
  const olds = object("v1", "ConfigMap", { data: { a: "1", b: null }, list: [{ x: 1 }, []] });
  expect(diffInputs(olds, structuredClone(olds)).changes).toEqual([]);
  expect(diffInputs(olds, { ...olds, data: { a: "1" } }).changes).toEqual([]);
});

test("paths are written as the engine writes them", () => {
  const olds = object("v1", "Pod", { labels: { "app.kubernetes.io/name": "a" }, list: [{ x: 1 }, { x: 2 }] });
  const news = object("v1", "Pod", { labels: {}, list: [{ x: 1 }, { x: 3, y: 1 }, "new"] });
  expect(diffInputs(olds, news).changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'delete labels["app.kubernetes.io/name"]',
    "update list[1].x",
    "add list[1].y",
    "add list[2]",
  ]);
});

test("a value that a preview doesn't know is a change", () => {
  const olds = object("v1", "ConfigMap", { data: { a: "1" } });
  const { changes } = diffInputs(olds, object("v1", "ConfigMap", { data: { a: UNKNOWN } }));
  expect(changes).toEqual([{ path: "data.a", kind: "update", replace: false }]);
});

test("the old object goes first only when the new one has its name", () => {
  const secret = (name: string, type: string, annotations: Json = {}): Json => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, annotations },
    type,
  });
  const autonamed = { "pulumi.com/autonamed": "true" };
  expect(diffInputs(secret("a", "x"), secret("a", "y")).deleteBeforeReplace).toBe(true);
  expect(diffInputs(secret("a", "x"), secret("b", "y")).deleteBeforeReplace).toBe(false);
  expect(diffInputs(secret("a", "x", autonamed), secret("a", "y", autonamed)).deleteBeforeReplace).toBe(
    false,
  );
  expect(diffInputs(secret("a", "x"), secret("a", "x")).deleteBeforeReplace).toBe(false);
});

test("an import leaves alone what the program doesn't mention", () => {
  const olds = object("v1", "Service", {
    spec: { type: "ClusterIP", ports: [{ port: 1, protocol: "TCP" }] },
  });
  const news = object("v1", "Service", { spec: { ports: [{ port: 1 }] } });
  expect(diffInputs(olds, news, true).changes).toEqual([]);
  expect(diffInputs(olds, news).changes).toHaveLength(2);
});
