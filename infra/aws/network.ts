import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings, EksSettings } from "../environment.ts";
import { createLogGroup } from "./log-group.ts";
import { createRole } from "./roles.ts";
import { createSecurityGroup } from "./security-group.ts";
import { subnetsOf } from "./subnets.ts";

export interface NetworkArgs {
  readonly aws: AwsSettings;
  readonly range: EksSettings["network"];
  readonly natGateways: EksSettings["natGateways"];
  readonly logKey: pulumi.Input<string>;
}

/** What nodes and pods ask of AWS, within the network instead of through the NAT gateways. */
const ENDPOINTS = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "logs", "sts"];
const ANYWHERE = "0.0.0.0/0";

/** A network over three zones: public, private and data subnets in each, and a record of every connection. */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly privateSubnets: pulumi.Output<string>[];
  readonly publicSubnets: pulumi.Output<string>[];
  readonly dataSubnets: pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:aws:Network", name, {}, opts);
    const parent = { parent: this };
    const ranges = subnetsOf(args.range);
    const vpc = new Vpc(
      name,
      { cidrBlock: args.range, enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: name } },
      parent,
    );
    this.vpcId = vpc.id;
    // Every network comes with one that lets all its members talk; without rules it lets nothing through.
    new DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id }, parent);

    const subnets = (kind: keyof typeof ranges) =>
      args.aws.zones.map((availabilityZone, index) => {
        const subnet = `${name}-${kind}-${availabilityZone}`;
        const cidrBlock = ranges[kind][index] as string;
        return new Subnet(
          subnet,
          { vpcId: vpc.id, availabilityZone, cidrBlock, mapPublicIpOnLaunch: false, tags: { Name: subnet } },
          parent,
        );
      });
    const publicSubnets = subnets("public");
    const privateSubnets = subnets("private");
    const dataSubnets = subnets("data");
    this.publicSubnets = publicSubnets.map(({ id }) => id);
    this.privateSubnets = privateSubnets.map(({ id }) => id);
    this.dataSubnets = dataSubnets.map(({ id }) => id);

    const privateTables = connect(name, { ...args, vpc, publicSubnets, privateSubnets, dataSubnets }, parent);
    openEndpoints(name, { ...args, vpc, privateSubnets, privateTables }, parent);
    recordFlows(name, { vpc, logKey: args.logKey }, parent);
    this.registerOutputs();
  }
}

type Parent = pulumi.CustomResourceOptions;
interface Parts {
  readonly vpc: Vpc;
  readonly publicSubnets: readonly Subnet[];
  readonly privateSubnets: readonly Subnet[];
  readonly dataSubnets: readonly Subnet[];
}

/** Public subnets lead to the internet, private ones out of it through NAT, data subnets nowhere. */
function connect(name: string, args: NetworkArgs & Parts, parent: Parent): RouteTable[] {
  const { vpc, publicSubnets, privateSubnets, dataSubnets } = args;
  const table = (part: string, subnets: readonly Subnet[]) => {
    const made = new RouteTable(
      `${name}-${part}`,
      { vpcId: vpc.id, tags: { Name: `${name}-${part}` } },
      parent,
    );
    for (const [index, { id }] of subnets.entries()) {
      const association = `${name}-${part}-${index}`;
      new RouteTableAssociation(association, { subnetId: id, routeTableId: made.id }, parent);
    }
    return made;
  };
  const gateway = new InternetGateway(name, { vpcId: vpc.id, tags: { Name: name } }, parent);
  const open = table("public", publicSubnets);
  const route = { routeTableId: open.id, destinationCidrBlock: ANYWHERE, gatewayId: gateway.id };
  new Route(`${name}-public`, route, parent);
  table("data", dataSubnets);

  const count = args.natGateways === "single" ? 1 : publicSubnets.length;
  const nats = publicSubnets.slice(0, count).map(({ id }, index) => {
    const nat = `${name}-nat-${args.aws.zones[index]}`;
    const address = new Eip(nat, { domain: "vpc", tags: { Name: nat } }, parent);
    return new NatGateway(
      nat,
      { allocationId: address.id, subnetId: id, tags: { Name: nat } },
      { ...parent, dependsOn: [gateway] },
    );
  });
  return privateSubnets.map((subnet, index) => {
    const zone = `private-${args.aws.zones[index]}`;
    const made = table(zone, [subnet]);
    const natGatewayId = nats[index % nats.length]?.id as pulumi.Output<string>;
    new Route(
      `${name}-${zone}`,
      { routeTableId: made.id, destinationCidrBlock: ANYWHERE, natGatewayId },
      parent,
    );
    return made;
  });
}

function openEndpoints(
  name: string,
  args: NetworkArgs &
    Pick<Parts, "vpc" | "privateSubnets"> & { readonly privateTables: readonly RouteTable[] },
  parent: Parent,
): void {
  const vpcId = args.vpc.id;
  const serviceName = (service: string) => `com.amazonaws.${args.aws.region}.${service}`;
  new VpcEndpoint(
    `${name}-s3`,
    {
      ...{ vpcId, serviceName: serviceName("s3"), vpcEndpointType: "Gateway", tags: { Name: `${name}-s3` } },
      routeTableIds: args.privateTables.map(({ id }) => id),
    },
    parent,
  );
  const group = createSecurityGroup(
    `${name}-endpoints`,
    {
      vpcId,
      description: "Endpoints of AWS services for the network",
      from: { network: { port: 443, range: args.range } },
    },
    parent,
  );
  for (const service of ENDPOINTS) {
    const endpoint = `${name}-${service.replace(".", "-")}`;
    new VpcEndpoint(
      endpoint,
      {
        ...{
          vpcId,
          serviceName: serviceName(service),
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
        },
        subnetIds: args.privateSubnets.map(({ id }) => id),
        securityGroupIds: [group.id],
        tags: { Name: endpoint },
      },
      parent,
    );
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html */
function recordFlows(
  name: string,
  args: { readonly vpc: Vpc; readonly logKey: pulumi.Input<string> },
  parent: Parent,
): void {
  const flows = `${name}-flows`;
  const log = createLogGroup(
    flows,
    { path: "/mobile-ai-agent/network-flows", kmsKeyId: args.logKey },
    parent,
  );
  const role = createRole(
    flows,
    {
      service: "vpc-flow-logs.amazonaws.com",
      statements: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: [log.arn, pulumi.interpolate`${log.arn}:*`],
        },
      ],
    },
    parent,
  );
  new FlowLog(
    flows,
    {
      vpcId: args.vpc.id,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: log.arn,
      iamRoleArn: role,
      maxAggregationInterval: 600,
    },
    parent,
  );
}
