import { expect, test } from "vitest";
import type { Json } from "../../provider-kit/values.ts";
import { podReasons } from "./reasons.ts";

const pod = (status: Json): Json => ({ metadata: { name: "web-1" }, status });
const container = (rest: Json): Json => pod({ containerStatuses: [{ name: "main", ready: false, ...rest }] });

test.each<[string, Json, string[]]>([
  [
    "an image that can't be pulled",
    container({ state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } }),
    ["pod web-1, container main: ImagePullBackOff: no such image"],
  ],
  [
    "a crash loop, with the last words",
    container({
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
      lastState: { terminated: { reason: "Error", exitCode: 1, message: "PORT: not a number\n" } },
    }),
    [
      "pod web-1, container main: CrashLoopBackOff: back-off 10s; last stop: Error: exit code 1: PORT: not a number",
    ],
  ],
  [
    "a pod that fits nowhere",
    pod({
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" }],
    }),
    ["pod web-1: Unschedulable: 0/1 nodes"],
  ],
  [
    "a probe that does not pass",
    container({ state: { running: {} } }),
    ["pod web-1, container main: runs, but its readiness probe does not pass"],
  ],
  [
    "an init container that fails",
    pod({
      initContainerStatuses: [{ name: "setup", state: { terminated: { reason: "Error", exitCode: 3 } } }],
    }),
    ["pod web-1, container setup: last stop: Error: exit code 3"],
  ],
  [
    "an evicted pod",
    pod({ phase: "Failed", reason: "Evicted", message: "disk" }),
    ["pod web-1: Evicted: disk"],
  ],
  ["a pod that starts", container({ state: { waiting: { reason: "ContainerCreating" } } }), []],
  [
    "a pod that runs",
    pod({ containerStatuses: [{ name: "main", ready: true, state: { running: {} } }] }),
    [],
  ],
])("%s", (_name, live, reasons) => {
  expect(podReasons(live)).toEqual(reasons);
});
