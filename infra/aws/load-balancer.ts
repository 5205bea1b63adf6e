import { Attachment } from "@pulumi/aws/autoscaling/attachment.js";
import { Listener } from "@pulumi/aws/lb/listener.js";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
import { Record as DnsRecord } from "@pulumi/aws/route53/record.js";
import * as pulumi from "@pulumi/pulumi";
import { allowInto, createSecurityGroup } from "./security-group.ts";
import type { AwsSite } from "./site.ts";

export interface PublicAddressArgs {
  readonly site: AwsSite;
  /** The port that clients see and the one of the nodes, by a name for each. */
  readonly ports: Readonly<Record<string, { readonly client: number; readonly nodePort: number }>>;
  /** A name in a hosted zone that leads here. */
  readonly name?: { readonly host: string; readonly zone: string };
}

/** As long as Traefik lets a socket be silent. The load balancer's own default is under six minutes. */
const IDLE_SECONDS = 3600;

/**
 * A network load balancer over three zones that leads to ports of the nodes. It passes TLS on as it is and keeps the
 * clients' addresses.
 */
export class PublicAddress extends pulumi.ComponentResource {
  constructor(name: string, args: PublicAddressArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:aws:PublicAddress", name, {}, opts);
    const parent = { parent: this };
    const { site, ports } = args;
    const { vpcId, publicSubnets } = site.network;
    const openings = Object.entries(ports);
    const group = createSecurityGroup(
      name,
      {
        vpcId,
        description: "Clients of the platform",
        from: Object.fromEntries(
          openings.map(([key, { client }]) => [key, { port: client, range: "0.0.0.0/0" }]),
        ),
        to: Object.fromEntries(
          openings.map(([key, { nodePort }]) => [key, { port: nodePort, group: site.nodes }]),
        ),
      },
      parent,
    );
    const balancer = new LoadBalancer(
      name,
      {
        loadBalancerType: "network",
        internal: false,
        subnets: publicSubnets,
        securityGroups: [group.id],
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: true,
      },
      parent,
    );
    for (const [key, { client, nodePort }] of openings) {
      allowInto(
        `nodes-from-${name}-${key}`,
        { group: site.nodes, opening: { port: nodePort, group: group.id } },
        parent,
      );
      const target = new TargetGroup(
        `${name}-${key}`,
        {
          ...{ vpcId, port: nodePort, protocol: "TCP", targetType: "instance", preserveClientIp: "true" },
          // Nodes without a pod of the controller don't answer, and get nothing.
          healthCheck: { protocol: "TCP", interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 },
          deregistrationDelay: 60,
        },
        parent,
      );
      new Attachment(
        `${name}-${key}`,
        { autoscalingGroupName: site.nodeGroup, lbTargetGroupArn: target.arn },
        parent,
      );
      new Listener(
        `${name}-${key}`,
        {
          ...{
            loadBalancerArn: balancer.arn,
            port: client,
            protocol: "TCP",
            tcpIdleTimeoutSeconds: IDLE_SECONDS,
          },
          defaultActions: [{ type: "forward", targetGroupArn: target.arn }],
        },
        parent,
      );
    }
    if (args.name) {
      const { host, zone } = args.name;
      const alias = { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true };
      new DnsRecord(name, { zoneId: zone, name: host, type: "A", aliases: [alias] }, parent);
    }
    this.registerOutputs();
  }
}
