import type * as pulumi from "@pulumi/pulumi";

/** A certificate for the platform's host, whoever signs it. */
export interface ServerCertificate {
  /** Name of the Secret with `tls.crt` and `tls.key`. */
  readonly secret: pulumi.Input<string>;
  /** PEM of the authority that clients have to trust, unless they do already. */
  readonly authority?: pulumi.Output<string>;
}
