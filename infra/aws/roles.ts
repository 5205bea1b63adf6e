import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import * as pulumi from "@pulumi/pulumi";

/** What a role may do: actions on resources that are named, each of which may be known only once it is made. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: object;
}

export interface RoleArgs {
  /** A service of AWS, such as `eks.amazonaws.com`. */
  readonly service: string;
  readonly actions?: readonly string[];
  /** Narrows who may take the role. */
  readonly condition?: object;
  /** Names of AWS's own policies. */
  readonly managed?: readonly string[];
  readonly statements?: readonly Statement[];
}

/** @returns the ARN of a new role for a service of AWS, known once the role may do what it is for. */
export function createRole(
  name: string,
  args: RoleArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { service, actions = ["sts:AssumeRole"], condition, managed = [], statements = [] } = args;
  const trust = {
    Effect: "Allow",
    Principal: { Service: service },
    Action: actions,
    ...(condition && { Condition: condition }),
  };
  const role = new Role(
    name,
    { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }) },
    opts,
  );
  const permissions: pulumi.CustomResource[] = managed.map((policy) => {
    const policyArn = `arn:aws:iam::aws:policy/${policy}`;
    return new RolePolicyAttachment(
      `${name}-${policy.split("/").at(-1)}`,
      { role: role.name, policyArn },
      opts,
    );
  });
  if (statements.length > 0) {
    const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
    permissions.push(new RolePolicy(name, { role: role.name, policy }, opts));
  }
  return pulumi.all([role.arn, ...permissions.map(({ id }) => id)]).apply(([arn]) => arn as string);
}

/**
 * @returns the ARN of a role for pods, which get it by their service account.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function createPodRole(
  name: string,
  args: Pick<RoleArgs, "managed" | "statements"> & { readonly accountId: string },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { accountId, ...permissions } = args;
  return createRole(
    name,
    {
      ...permissions,
      service: "pods.eks.amazonaws.com",
      actions: ["sts:AssumeRole", "sts:TagSession"],
      condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
    opts,
  );
}
