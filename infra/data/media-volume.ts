import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim.js";
import * as pulumi from "@pulumi/pulumi";
import { type Link, labelsOf, SKIP_AWAIT } from "../components/pod.ts";
import type { ObjectStore } from "./object-store.ts";

const NAME = "media";
const FOLDER = "/objects";

export interface MediaVolumeArgs {
  readonly namespace: pulumi.Input<string>;
  readonly storageClass?: pulumi.Input<string> | undefined;
}

/**
 * Objects as files of one volume in the cluster. `ReadWriteOnce` means one node: all pods that use it share the volume
 * there. A cluster of several nodes takes a store that they all reach.
 */
export class MediaVolume extends pulumi.ComponentResource implements ObjectStore {
  readonly link: Link;

  constructor(args: MediaVolumeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:MediaVolume", NAME, {}, opts);
    const claim = new PersistentVolumeClaim(
      NAME,
      {
        // A class that binds at first use binds with the first pod.
        metadata: {
          name: NAME,
          namespace: args.namespace,
          labels: labelsOf(NAME),
          annotations: SKIP_AWAIT,
        },
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "5Gi" } },
          ...(args.storageClass && { storageClassName: args.storageClass }),
        },
      },
      { parent: this },
    );
    this.link = {
      env: { OBJECT_STORE_URL: `file://${FOLDER}` },
      mounts: [],
      claims: [{ name: "objects", claim: claim.metadata.name, path: FOLDER }],
    };
    this.registerOutputs();
  }
}
