import { homedir } from "node:os";
import { join } from "node:path";

/** One platform on this machine: its own cluster, state and port. Two can run side by side. */
export interface Instance {
  readonly name: string;
  /** Everything that `down` removes: cluster data, Pulumi state, credentials, logs. Mode 700. */
  readonly stateDir: string;
  readonly logDir: string;
  readonly kubeconfig: string;
  readonly networkNamespace: string;
  /** Prefix of every network device, control group and mount that the instance makes. */
  readonly prefix: string;
  /** First three octets of the /24 that links the host (.1) with the node (.2). */
  readonly linkNetwork: string;
  /** Port on 127.0.0.1 where the platform answers over TLS. */
  readonly httpsPort: number;
}

const TABLE: Record<string, { linkNetwork: string; httpsPort: number }> = {
  default: { linkNetwork: "10.213.0", httpsPort: 8443 },
  test: { linkNetwork: "10.213.1", httpsPort: 9443 },
};

/** Downloads and builds, keyed by version; survives `down`. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mobile-ai-agent");
}

/**
 * @param name `default`, or `test` for the end-to-end tests, which must not touch a platform in use.
 * @throws when the name is not one of the two.
 */
export function resolveInstance(name: string, env: NodeJS.ProcessEnv = process.env): Instance {
  const entry = TABLE[name];
  if (!entry) throw new Error(`unknown instance "${name}": use ${Object.keys(TABLE).join(" or ")}`);
  const state = env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  const stateDir = join(state, "mobile-ai-agent", name);
  const prefix = name === "default" ? "maia" : `maia-${name}`;
  return {
    name,
    stateDir,
    logDir: join(stateDir, "logs"),
    kubeconfig: join(stateDir, "kubeconfig"),
    networkNamespace: prefix,
    prefix,
    ...entry,
  };
}
