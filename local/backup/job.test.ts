import { describe, expect, test } from "vitest";
import { endOf, jobFrom, waitingReason } from "./job.ts";

const cronJob = {
  metadata: { name: "backup" },
  spec: {
    jobTemplate: {
      metadata: { labels: { app: "backup" } },
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { labels: { app: "backup" } },
          spec: { restartPolicy: "Never", containers: [{ name: "backup", image: "i", args: ["backup"] }] },
        },
      },
    },
  },
};

test("a Job differs from the CronJob's own in name, arguments and end", () => {
  expect(jobFrom(cronJob, "backup-restore-1", ["restore", "--swap"])).toEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: "backup-restore-1",
      labels: { app: "backup" },
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
    },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels: { app: "backup" } },
        spec: {
          restartPolicy: "Never",
          containers: [{ name: "backup", image: "i", args: ["restore", "--swap"] }],
        },
      },
    },
  });
});

describe("a pod", () => {
  const waiting = { reason: "ImagePullBackOff", message: "no such image" };
  test.each([
    ["that is not there", undefined, "there is no pod yet"],
    [
      "that pulls in vain",
      { phase: "Pending", containerStatuses: [{ state: { waiting } }] },
      "ImagePullBackOff: no such image",
    ],
    [
      "that has no place",
      { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes" }] },
      "0/1 nodes",
    ],
    ["that runs", { phase: "Running" }, undefined],
    ["that failed at once", { phase: "Failed" }, undefined],
  ])("%s waits for: %s", (_, status, reason) => {
    expect(waitingReason(status && { status })).toBe(reason);
  });

  test.each([
    ["runs", { phase: "Running", containerStatuses: [{ state: {} }] }, undefined],
    [
      "failed",
      { phase: "Failed", containerStatuses: [{ state: { terminated: { exitCode: 2, reason: "Error" } } }] },
      { exitCode: 2, reason: "Error" },
    ],
    ["was evicted", { phase: "Failed" }, { exitCode: 1, reason: "the pod failed" }],
    [
      "succeeded",
      {
        phase: "Running",
        containerStatuses: [{ state: { terminated: { exitCode: 0, reason: "Completed" } } }],
      },
      { exitCode: 0, reason: "Completed" },
    ],
  ])("that %s ends so", (_, status, end) => {
    expect(endOf({ status })).toEqual(end);
  });
});
