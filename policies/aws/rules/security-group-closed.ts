import { type Path, type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const ANYONE = ["0.0.0.0/0", "::/0"];
const WEB = [80, 443];
const PRIVATE = "10.0.0.0/8";

export const securityGroupClosed = resourceRule({
  name: "security-group-closed",
  description:
    "Scanners find an open port within minutes. Let the whole internet in on 80 and 443 only; name address ranges or " +
    "security groups for the rest.",
  enforcementLevel: "mandatory",
  types: [GROUP, OLD_RULE, RULE],
  *check(props, type) {
    for (const { value, path } of rulesOf(props, type)) {
      if (isWeb(value)) continue;
      for (const key of ["cidrBlocks", "ipv6CidrBlocks"]) {
        const ranges: string[] = value[key] ?? [];
        if (!ranges.some((range) => ANYONE.includes(range))) continue;
        const rest = ranges.filter((range) => !ANYONE.includes(range));
        yield {
          wrong: `everybody may reach ${portsOf(value)}`,
          fix: [{ path: [...path, key], ...(rest.length > 0 && { value: rest }) }],
        };
      }
      for (const key of ["cidrIpv4", "cidrIpv6"]) {
        if (!ANYONE.includes(value[key])) continue;
        const example = key === "cidrIpv4" ? PRIVATE : "fd00::/8";
        yield {
          wrong: `everybody may reach ${portsOf(value)}`,
          fix: [{ path: [...path, key], value: "<range of those who need it>", example }],
        };
      }
    }
  },
});

/** The rules that let traffic in; a group has a list of them, the other resources are one each. */
function rulesOf(props: Props, type: string): { value: Props; path: Path }[] {
  if (type === GROUP) {
    return ((props.ingress ?? []) as Props[]).map((value, index) => ({ value, path: ["ingress", index] }));
  }
  if (type === OLD_RULE && props.type !== "ingress") return [];
  return [{ value: props, path: [] }];
}

function isWeb({ fromPort, toPort, protocol, ipProtocol }: Props): boolean {
  const tcp = ["tcp", "6"].includes(String(protocol ?? ipProtocol));
  return tcp && fromPort === toPort && WEB.includes(fromPort);
}

function portsOf({ fromPort, toPort, protocol, ipProtocol }: Props): string {
  if (["-1", "all"].includes(String(protocol ?? ipProtocol)) || fromPort === undefined) return "every port";
  return fromPort === toPort ? `port ${fromPort}` : `ports ${fromPort} to ${toPort}`;
}
