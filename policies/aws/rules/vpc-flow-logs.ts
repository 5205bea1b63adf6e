import { type StackResource, stackRule } from "@mobile-ai-agent/policies-rule-kit";

const VPC = "aws:ec2/vpc:Vpc";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html */
export const vpcFlowLogs = stackRule({
  name: "vpc-flow-logs",
  description:
    "Without a record of connections nobody can tell where an intruder went. Give every VPC a FlowLog of all traffic.",
  enforcementLevel: "mandatory",
  *check(resources) {
    const logs = resources.filter(({ type }) => type === FLOW_LOG);
    for (const vpc of resources.filter(({ type }) => type === VPC)) {
      const own = logs.filter((log) => isOf(log, vpc));
      if (own.length === 0) {
        const props = {
          trafficType: "ALL",
          logDestination: "<ARN of a log group>",
          iamRoleArn: "<ARN of a role>",
        };
        const add = { type: FLOW_LOG, name: vpc.name, props, refersTo: { vpcId: vpc.urn } };
        yield { resource: vpc, wrong: "nothing records its connections", fix: [{ add }] };
        continue;
      }
      if (own.some(({ props }) => (props.trafficType ?? "ALL") === "ALL")) continue;
      const [log] = own as [StackResource];
      yield {
        resource: log,
        wrong: `only connections of the kind ${log.props.trafficType} are recorded`,
        fix: [{ path: ["trafficType"], value: "ALL" }],
      };
    }
  },
});

/** By reference: in a preview the VPC's id is not known yet. */
function isOf(log: StackResource, vpc: StackResource): boolean {
  return (log.propertyDependencies?.vpcId ?? []).some(({ urn }) => urn === vpc.urn);
}
