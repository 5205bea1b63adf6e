import * as pulumi from "@pulumi/pulumi";
import { DatabasePod } from "../components/database-pod.ts";
import type { Link } from "../components/pod.ts";
import { createAuthority } from "../secrets/certificates.ts";
import { secretGroup } from "../secrets/secret-group.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { DocumentDatabase } from "./document-database.ts";
import { mongoLink } from "./mongo-link.ts";

const NAME = "mongodb";
const PORT = DATABASE_PORTS[NAME];
const DATABASE = "agent";

export interface FerretDbArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  /** New credentials, used when there are none yet. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly storageClass?: pulumi.Input<string>;
}

/**
 * Credentials of the database: FerretDB 1.x has no passwords, a certificate of this authority lets a client in.
 *
 * @returns `ca.crt`, `server.crt`, `server.key`, `client.pem` (certificate and key) and `uri`
 */
export async function createMongoCredentials(namespace: string): Promise<Record<string, string>> {
  const authority = await createAuthority("mobile-ai-agent database");
  const inNamespace = `${NAME}.${namespace}`;
  const dnsNames = [NAME, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`];
  const server = await authority.issue({ commonName: NAME, usage: "server", dnsNames });
  const client = await authority.issue({ commonName: "mobile-ai-agent services", usage: "client" });
  return {
    "ca.crt": authority.certificate,
    "server.crt": server.certificate,
    "server.key": server.privateKey,
    "client.pem": client.certificate + client.privateKey,
    uri: `mongodb://${NAME}:${PORT}/${DATABASE}?tls=true&directConnection=true`,
  };
}

/** FerretDB over SQLite in the cluster: one pod, one volume. */
export class FerretDb extends pulumi.ComponentResource implements DocumentDatabase {
  readonly link: Link;

  constructor(args: FerretDbArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:FerretDb", NAME, {}, opts);
    const secret = secretGroup(
      "mongodb-credentials",
      { namespace: args.namespace, values: args.credentials },
      { parent: this },
    );
    const files = "/run/secrets/tls";
    const pod = new DatabasePod(
      NAME,
      {
        namespace: args.namespace,
        image: args.image,
        port: PORT,
        env: {
          FERRETDB_LISTEN_TLS: `:${PORT}`,
          FERRETDB_TLS_CERT: `${files}/tls.crt`,
          FERRETDB_TLS_KEY: `${files}/tls.key`,
          FERRETDB_TLS_CA: `${files}/ca.crt`,
          FERRETDB_SQLITE_URL: "file:/data/",
        },
        mounts: [
          {
            name: "tls",
            secret: secret.metadata.name,
            path: files,
            files: { "server.crt": "tls.crt", "server.key": "tls.key", "ca.crt": "ca.crt" },
          },
        ],
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        storage: "1Gi",
        storageClass: args.storageClass,
      },
      { parent: this },
    );
    this.link = { ...mongoLink(secret.metadata.name, ["ca.crt", "client.pem"]), after: [pod.statefulSet] };
    this.registerOutputs();
  }
}
