import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import type * as pulumi from "@pulumi/pulumi";

/** One TCP port, and who is at the other end: a range or a security group. */
export interface Opening {
  readonly port: number;
  readonly range?: string;
  readonly group?: pulumi.Input<string>;
}

export interface SecurityGroupArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly description: string;
  /** What may come in, by a name for each. */
  readonly from?: Readonly<Record<string, Opening>>;
  /** What may go out, by a name for each; nothing by default. */
  readonly to?: Readonly<Record<string, Opening>>;
}

/** A security group that lets through what is named and nothing else. */
export function createSecurityGroup(
  name: string,
  args: SecurityGroupArgs,
  opts: pulumi.CustomResourceOptions,
): SecurityGroup {
  // Lists of its own would fight with the rules beside it.
  const group = new SecurityGroup(name, { vpcId: args.vpcId, description: args.description }, opts);
  for (const [key, opening] of Object.entries(args.from ?? {}))
    new SecurityGroupIngressRule(`${name}-from-${key}`, ruleOf(group, key, opening), opts);
  for (const [key, opening] of Object.entries(args.to ?? {}))
    new SecurityGroupEgressRule(`${name}-to-${key}`, ruleOf(group, key, opening), opts);
  return group;
}

/** Lets a group of somebody else's, such as EKS', in from another. */
export function allowInto(
  name: string,
  args: { readonly group: pulumi.Input<string>; readonly opening: Opening },
  opts: pulumi.CustomResourceOptions,
): void {
  new SecurityGroupIngressRule(name, ruleOf({ id: args.group }, name, args.opening), opts);
}

function ruleOf(group: { readonly id: pulumi.Input<string> }, description: string, opening: Opening) {
  const { port, range, group: other } = opening;
  return {
    ...{ securityGroupId: group.id, description, ipProtocol: "tcp", fromPort: port, toPort: port },
    ...(range && { cidrIpv4: range }),
    ...(other && { referencedSecurityGroupId: other }),
  };
}
