import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { core } from "@pulumi/kubernetes/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import {
  CONTAINER_SECURITY,
  envList,
  labelsOf,
  POD_SECURITY,
  type SecretMount,
  SKIP_AWAIT,
  volumesFor,
} from "./pod.ts";
import { tcpProbes } from "./probes.ts";

export interface DatabasePodArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly port: number;
  readonly command?: string[];
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly mounts: readonly SecretMount[];
  /** A ConfigMap as a folder. */
  readonly config?: { readonly name: pulumi.Input<string>; readonly path: string; readonly checksum: string };
  readonly resources: { requests: Record<string, string>; limits: Record<string, string> };
  /** Size of the volume at `/data`. */
  readonly storage: string;
  readonly storageClass?: pulumi.Input<string>;
}

/** One database pod with a volume at `/data`, and its address. */
export class DatabasePod extends pulumi.ComponentResource {
  readonly statefulSet: StatefulSet;

  constructor(name: string, args: DatabasePodArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:DatabasePod", name, {}, opts);
    const parent = { parent: this };
    const labels = labelsOf(name);
    const metadata = { name, namespace: args.namespace, labels };
    const selector = { "app.kubernetes.io/name": name };

    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, parent);
    new Service(
      name,
      {
        metadata: { ...metadata, annotations: SKIP_AWAIT },
        spec: {
          selector,
          ports: [{ name: "database", port: args.port, targetPort: "database", protocol: "TCP" }],
        },
      },
      parent,
    );
    this.statefulSet = new StatefulSet(
      name,
      {
        metadata,
        spec: {
          serviceName: name,
          replicas: 1,
          // In order, a pod that never became ready would hold back the very update that mends it.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: selector },
          template: {
            metadata: { labels, ...(args.config && { annotations: checksum(args.config.checksum) }) },
            spec: podSpec(name, account.metadata.name, args),
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: args.storage } },
                ...(args.storageClass && { storageClassName: args.storageClass }),
              },
            },
          ],
        },
      },
      parent,
    );
    this.registerOutputs();
  }
}

/** A pod reads its configuration once: a changed checksum replaces it. */
const checksum = (value: string) => ({ "mobile-ai-agent/config-checksum": value });

function podSpec(
  name: string,
  serviceAccountName: pulumi.Input<string>,
  args: DatabasePodArgs,
): core.v1.PodSpec {
  const { volumes, volumeMounts } = volumesFor(args.mounts);
  if (args.config) {
    volumes.push({ name: "config", configMap: { name: args.config.name } });
    volumeMounts.push({ name: "config", mountPath: args.config.path, readOnly: true });
  }
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: POD_SECURITY,
    containers: [
      {
        name,
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        ...(args.command && { command: args.command }),
        env: envList(args.env ?? {}),
        ports: [{ name: "database", containerPort: args.port, protocol: "TCP" }],
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [...volumeMounts, { name: "data", mountPath: "/data" }],
        ...tcpProbes(args.port),
      },
    ],
    volumes,
  };
}
