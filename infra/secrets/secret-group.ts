import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";

/**
 * One Secret with all values that must match each other, such as a certificate and its authority.
 *
 * The program makes new values at each run, but the first ones stay: the engine ignores changes of `data`. Whoever
 * needs a value at deployment reads it with `readKey`, from what was really made. So an interrupted first update
 * can't leave one half of a pair here and another half there. Pods mount single keys.
 */
export function secretGroup(
  name: string,
  args: { namespace: pulumi.Input<string>; values: Readonly<Record<string, string>>; type?: string },
  opts: pulumi.CustomResourceOptions,
): Secret {
  const data = Object.fromEntries(
    Object.entries(args.values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
  );
  return new Secret(
    name,
    {
      metadata: { name, namespace: args.namespace },
      type: args.type ?? "Opaque",
      data: pulumi.secret(data),
    },
    { ...opts, ignoreChanges: ["data"], additionalSecretOutputs: ["data", "stringData"] },
  );
}

/** One Secret with values that are kept elsewhere, which it follows: a changed value is a changed Secret. */
export function derivedSecret(
  name: string,
  args: { namespace: pulumi.Input<string>; values: Readonly<Record<string, pulumi.Input<string>>> },
  opts: pulumi.CustomResourceOptions,
): Secret {
  return new Secret(
    name,
    {
      metadata: { name, namespace: args.namespace },
      type: "Opaque",
      stringData: pulumi.secret(args.values),
    },
    { ...opts, additionalSecretOutputs: ["data", "stringData"] },
  );
}

/** @returns the value of a key as it is in the cluster; secret, until the caller says otherwise. */
export function readKey(secret: Secret, key: string): pulumi.Output<string> {
  return secret.data.apply((data) => {
    const value = data?.[key];
    if (value === undefined)
      throw new pulumi.RunError(`the Secret of ${key} has no such key: delete it and run again`);
    return Buffer.from(value, "base64").toString("utf8");
  });
}
