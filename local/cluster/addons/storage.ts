import { join } from "node:path";
import { NODE_NAME } from "../layout.ts";
import type { KubernetesObject } from "./objects.ts";

/** As many as the platform has StatefulSets with a volume, and some to spare. */
const VOLUME_COUNT = 6;

/** @returns the folders of the volumes; they must exist before a pod uses one. */
export function volumeFolders(root: string): string[] {
  return Array.from({ length: VOLUME_COUNT }, (_, index) => join(root, `volume-${index + 1}`));
}

/** A default storage class over folders of this machine. */
export function storage(root: string): KubernetesObject[] {
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    ...volumeFolders(root).map((path, index) => ({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `local-${index + 1}` },
      spec: {
        capacity: { storage: "5Gi" },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "local",
        local: { path },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [NODE_NAME] }] },
            ],
          },
        },
      },
    })),
  ];
}
