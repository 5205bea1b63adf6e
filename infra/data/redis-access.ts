import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";

export const REDIS_USER = "agent";

/** What the services' user may do: nothing that endangers the server. */
export const PERMISSIONS = "~* &* +@all -@admin -@dangerous +info";

/** Who makes and removes the services' users. Whoever makes users can make any, so its password is in no pod. */
export const KEEPER = "keeper";
export const KEEPER_PERMISSIONS = "+acl|setuser +acl|deluser +client|list";

/** @param secret name of the Secret with `url` */
export function redisLink(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/redis";
  return {
    env: { REDIS_URL_FILE: `${path}/url` },
    mounts: [{ name: "redis", secret, path, files: { url: "url" } }],
  };
}
