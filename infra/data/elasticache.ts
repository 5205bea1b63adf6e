import { ParameterGroup } from "@pulumi/aws/elasticache/parameterGroup.js";
import { ReplicationGroup } from "@pulumi/aws/elasticache/replicationGroup.js";
import { SubnetGroup } from "@pulumi/aws/elasticache/subnetGroup.js";
import { User } from "@pulumi/aws/elasticache/user.js";
import { UserGroup } from "@pulumi/aws/elasticache/userGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { generatePassword } from "../aws/generated-password.ts";
import { createLogGroup } from "../aws/log-group.ts";
import { createSecurityGroup } from "../aws/security-group.ts";
import type { AwsSite } from "../aws/site.ts";
import type { Link } from "../components/pod.ts";
import type { ElastiCacheSettings } from "../environment.ts";
import { derivedSecret } from "../secrets/secret-group.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { Cache } from "./cache.ts";
import { PERMISSIONS, REDIS_USER, redisLink } from "./redis-access.ts";

const NAME = "mobile-ai-agent";
const PORT = DATABASE_PORTS.redis;
const ENGINE = "valkey";
const LOGS = ["slow-log", "engine-log"];

export interface ElastiCacheArgs {
  readonly namespace: pulumi.Input<string>;
  readonly site: AwsSite;
  readonly settings: ElastiCacheSettings;
}

/** ElastiCache with Valkey, which speaks Redis' protocol: one node is written to, the others take over in other zones. */
export class ElastiCache extends pulumi.ComponentResource implements Cache {
  readonly link: Link;

  constructor(args: ElastiCacheArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:ElastiCache", "redis", {}, opts);
    const parent = { parent: this };
    const { site } = args;
    const password = generatePassword(
      "redis-password",
      { description: "Password of the cache's user", kmsKeyId: site.dataKey },
      parent,
    );
    const group = createGroup({ ...args, userGroup: createUsers(password, parent) }, parent);
    const uri = pulumi.interpolate`rediss://${REDIS_USER}:${password}@${group.primaryEndpointAddress}:${PORT}`;
    const secret = derivedSecret(
      "redis-credentials",
      { namespace: args.namespace, values: { url: uri } },
      parent,
    );
    this.link = { ...redisLink(secret.metadata.name), after: [group] };
    this.registerOutputs();
  }
}

/** One user with the permissions that the platform's own Redis gives; Valkey needs no default user. */
function createUsers(password: pulumi.Output<string>, parent: pulumi.CustomResourceOptions): UserGroup {
  const user = new User(
    "redis",
    {
      userId: NAME,
      userName: REDIS_USER,
      engine: ENGINE,
      accessString: `on ${PERMISSIONS}`,
      authenticationMode: { type: "password", passwords: [password] },
    },
    parent,
  );
  return new UserGroup("redis", { userGroupId: NAME, engine: ENGINE, userIds: [user.userId] }, parent);
}

function createGroup(
  { site, settings, userGroup }: ElastiCacheArgs & { readonly userGroup: UserGroup },
  parent: pulumi.CustomResourceOptions,
): ReplicationGroup {
  const access = createSecurityGroup(
    "redis",
    {
      vpcId: site.network.vpcId,
      description: "The cache",
      from: { nodes: { port: PORT, group: site.nodes } },
    },
    parent,
  );
  const subnets = new SubnetGroup("redis", { subnetIds: site.network.dataSubnets }, parent);
  const parameters = new ParameterGroup(
    "redis",
    {
      family: "valkey8",
      description: "A full cache refuses a run instead of losing one",
      parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
    },
    parent,
  );
  const logs = LOGS.map((logType) => ({
    logType,
    logFormat: "json",
    destinationType: "cloudwatch-logs",
    destination: createLogGroup(
      `redis-${logType}`,
      { path: `/aws/elasticache/${NAME}/${logType}`, kmsKeyId: site.logKey },
      parent,
    ).name,
  }));
  return new ReplicationGroup(
    "redis",
    {
      replicationGroupId: NAME,
      description: "Queues, token logs and limits of the platform",
      engine: ENGINE,
      engineVersion: "8.0",
      nodeType: settings.nodeType,
      port: PORT,
      // One shard: a run's queue and log are read together, and clients need no cluster protocol.
      clusterMode: "disabled",
      numCacheClusters: settings.replicas + 1,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      subnetGroupName: subnets.name,
      securityGroupIds: [access.id],
      parameterGroupName: parameters.name,
      userGroupIds: [userGroup.userGroupId],
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      kmsKeyId: site.dataKey,
      snapshotRetentionLimit: settings.snapshotDays,
      snapshotWindow: "03:00-04:00",
      maintenanceWindow: "sun:05:30-sun:06:30",
      autoMinorVersionUpgrade: true,
      logDeliveryConfigurations: logs,
    },
    parent,
  );
}
