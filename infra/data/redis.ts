import { createHash, randomBytes } from "node:crypto";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import * as pulumi from "@pulumi/pulumi";
import { DatabasePod } from "../components/database-pod.ts";
import type { Link } from "../components/pod.ts";
import { secretGroup } from "../secrets/secret-group.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { Cache } from "./cache.ts";
import { KEEPER, KEEPER_PERMISSIONS, PERMISSIONS, REDIS_USER, redisLink } from "./redis-access.ts";

const NAME = "redis";
const PORT = DATABASE_PORTS[NAME];
const ACL_FOLDER = "/run/secrets/redis-acl";

/** `noeviction`: a full Redis refuses a run, an evicting one would lose it. */
export const REDIS_CONFIG = `\
port ${PORT}
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory 192mb
maxmemory-policy noeviction
aclfile ${ACL_FOLDER}/users.acl
`;

export interface RedisArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** New credentials, used when there are none yet. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly storageClass?: pulumi.Input<string>;
}

/**
 * One user for the services, who may do nothing that endangers the server, and one that rotates the services' users; the
 * default user is off.
 *
 * @returns `url` for clients; `users.acl` for the server, which holds the passwords' hashes only; `keeper`, that user's
 *   password, which no pod gets
 */
export function createRedisCredentials(): Record<string, string> {
  const [password, keeper] = [newPassword(), newPassword()];
  const users = [
    "user default reset off",
    `user ${KEEPER} reset on #${hashOf(keeper)} ${KEEPER_PERMISSIONS}`,
    `user ${REDIS_USER} reset on #${hashOf(password)} ${PERMISSIONS}`,
  ];
  return {
    url: `redis://${REDIS_USER}:${password}@${NAME}:${PORT}`,
    "users.acl": `${users.join("\n")}\n`,
    keeper,
  };
}

const newPassword = () => randomBytes(32).toString("base64url");
const hashOf = (password: string) => createHash("sha256").update(password).digest("hex");

/** Redis in the cluster: one pod, one volume with its append-only file. */
export class Redis extends pulumi.ComponentResource implements Cache {
  readonly link: Link;

  constructor(args: RedisArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:Redis", NAME, {}, opts);
    const parent = { parent: this };
    const secret = secretGroup(
      "redis-credentials",
      { namespace: args.namespace, values: args.credentials },
      parent,
    );
    const config = new ConfigMap(
      NAME,
      { metadata: { name: NAME, namespace: args.namespace }, data: { "redis.conf": REDIS_CONFIG } },
      parent,
    );
    const pod = new DatabasePod(
      NAME,
      {
        namespace: args.namespace,
        image: args.image,
        port: PORT,
        command: ["redis-server", "/etc/redis/redis.conf"],
        mounts: [
          {
            name: "acl",
            secret: secret.metadata.name,
            path: ACL_FOLDER,
            files: { "users.acl": "users.acl" },
          },
        ],
        config: {
          name: config.metadata.name,
          path: "/etc/redis",
          checksum: createHash("sha256").update(REDIS_CONFIG).digest("hex"),
        },
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "384Mi" } },
        storage: "1Gi",
        storageClass: args.storageClass,
      },
      parent,
    );
    this.link = { ...redisLink(secret.metadata.name), after: [pod.statefulSet] };
    this.registerOutputs();
  }
}
