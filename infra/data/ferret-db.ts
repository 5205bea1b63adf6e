import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { DatabasePod } from "../components/database-pod.ts";
import type { Link } from "../components/pod.ts";
import { createAuthority, createClientCertificate } from "../secrets/certificates.ts";
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

/** Of each pod. SQLite has one writer at a time, and many that wait keep looking whether it is their turn. */
const CONNECTIONS = 4;

/**
 * Credentials of the database: FerretDB 1.x has no passwords, a certificate lets a client in. The server reads which it
 * knows when it starts, so it knows two from the begin: the one in use and the next.
 *
 * @returns `ca.crt`, `server.crt`, `server.key`: the server's certificate, and its authority; `clients.crt`: the
 *   certificates that are let in; `client.pem`, `next.pem`: each with its key, the second one for no pod; `uri`
 */
export async function createMongoCredentials(namespace: string): Promise<Record<string, string>> {
  const authority = await createAuthority("mobile-ai-agent database");
  const inNamespace = `${NAME}.${namespace}`;
  const dnsNames = [NAME, inNamespace, `${inNamespace}.svc`, `${inNamespace}.svc.cluster.local`];
  const server = await authority.issue({ commonName: NAME, usage: "server", dnsNames });
  // Some verifiers find a certificate by its name.
  const newClient = () =>
    createClientCertificate(`mobile-ai-agent services ${randomBytes(4).toString("hex")}`);
  const [client, next] = await Promise.all([newClient(), newClient()]);
  return {
    "ca.crt": authority.certificate,
    "server.crt": server.certificate,
    "server.key": server.privateKey,
    "clients.crt": client.certificate + next.certificate,
    "client.pem": client.certificate + client.privateKey,
    "next.pem": next.certificate + next.privateKey,
    uri: `mongodb://${NAME}:${PORT}/${DATABASE}?tls=true&directConnection=true&maxPoolSize=${CONNECTIONS}`,
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
          FERRETDB_TLS_CA: `${files}/clients.crt`,
          FERRETDB_SQLITE_URL: "file:/data/",
        },
        mounts: [
          {
            name: "tls",
            secret: secret.metadata.name,
            path: files,
            files: { "server.crt": "tls.crt", "server.key": "tls.key", "clients.crt": "clients.crt" },
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
