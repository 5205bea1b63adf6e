import { randomBytes, webcrypto } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import "reflect-metadata"; // @peculiar/x509 needs it first
import * as x509 from "@peculiar/x509";
import { type ClusterLayout, KUBERNETES_SERVICE, NODE_NAME } from "./layout.ts";

const KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const TEN_YEARS_MS = 3650 * 24 * 3600 * 1000;
const CLIENT = "1.3.6.1.5.5.7.3.2";
const SERVER = "1.3.6.1.5.5.7.3.1";

interface Subject {
  readonly commonName: string;
  readonly organization?: string;
  readonly usages: string[];
  readonly names?: x509.JsonGeneralNames;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

/**
 * Makes the cluster's certificates and keys that are missing: one authority for the cluster, one for the
 * aggregation layer (they must differ, or any client could pose as the front proxy), and the service account key.
 * Source of the subjects: https://kubernetes.io/docs/setup/best-practices/certificates/
 */
export async function ensureCertificates(layout: ClusterLayout): Promise<void> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  await mkdir(layout.pki, { recursive: true, mode: 0o700 });
  const cluster = await ensureAuthority(layout.pki, "ca");
  const frontProxy = await ensureAuthority(layout.pki, "front-proxy-ca");
  const dns = (value: string) => ({ type: "dns" as const, value });
  const ip = (value: string) => ({ type: "ip" as const, value });
  const api = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  const subjects: Record<string, Subject> = {
    "kube-apiserver": {
      commonName: "kube-apiserver",
      usages: [SERVER],
      names: [
        ...api.map(dns),
        dns("localhost"),
        ip(KUBERNETES_SERVICE),
        ip(layout.nodeAddress),
        ip("127.0.0.1"),
      ],
    },
    etcd: { commonName: "etcd", usages: [SERVER], names: [dns("localhost"), ip("127.0.0.1")] },
    "etcd-client": { commonName: "kube-apiserver-etcd-client", usages: [CLIENT] },
    "kubelet-client": { commonName: "kube-apiserver-kubelet-client", usages: [CLIENT] },
    kubelet: {
      commonName: `system:node:${NODE_NAME}`,
      organization: "system:nodes",
      usages: [CLIENT, SERVER],
      names: [dns(NODE_NAME), ip(layout.nodeAddress)],
    },
    "controller-manager": { commonName: "system:kube-controller-manager", usages: [CLIENT] },
    scheduler: { commonName: "system:kube-scheduler", usages: [CLIENT] },
    "kube-proxy": { commonName: "system:kube-proxy", usages: [CLIENT] },
    admin: { commonName: "admin", organization: "system:masters", usages: [CLIENT] },
    "metrics-server": {
      commonName: "metrics-server",
      usages: [SERVER],
      names: [dns("metrics-server.kube-system.svc")],
    },
  };
  for (const [name, subject] of Object.entries(subjects))
    await ensureLeaf(layout.pki, name, subject, cluster);
  const proxy = { commonName: "front-proxy-client", usages: [CLIENT] };
  await ensureLeaf(layout.pki, "front-proxy-client", proxy, frontProxy);
  await ensureServiceAccountKey(layout.pki);
}

async function ensureAuthority(folder: string, name: string): Promise<Authority> {
  const kept = await readPair(folder, name);
  if (kept) {
    const der = Buffer.from(kept.key.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, KEY, false, ["sign"]);
    return { certificate: new x509.X509Certificate(kept.certificate), privateKey };
  }
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: KEY,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePair(folder, name, certificate, keys.privateKey);
  return { certificate, privateKey: keys.privateKey };
}

async function ensureLeaf(
  folder: string,
  name: string,
  subject: Subject,
  authority: Authority,
): Promise<void> {
  if (await readPair(folder, name)) return;
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: [
      { CN: [subject.commonName] },
      ...(subject.organization ? [{ O: [subject.organization] }] : []),
    ] as x509.JsonName,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: KEY,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(subject.usages),
      ...(subject.names ? [new x509.SubjectAlternativeNameExtension(subject.names)] : []),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  await writePair(folder, name, certificate, keys.privateKey);
}

async function ensureServiceAccountKey(folder: string): Promise<void> {
  if (await readFile(join(folder, "service-account.key")).catch(() => undefined)) return;
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  await writeFile(join(folder, "service-account.pub"), x509.PemConverter.encode(spki, "PUBLIC KEY"));
  await writePrivateKey(folder, "service-account", keys.privateKey);
}

/** The key is written last: a pair without it is made anew after an interruption. */
async function writePair(
  folder: string,
  name: string,
  certificate: x509.X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<void> {
  await writeFile(join(folder, `${name}.crt`), `${certificate.toString("pem")}\n`);
  await writePrivateKey(folder, name, key);
}

async function writePrivateKey(folder: string, name: string, key: webcrypto.CryptoKey): Promise<void> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  await writeFile(join(folder, `${name}.key`), `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`, {
    mode: 0o600,
  });
}

async function readPair(
  folder: string,
  name: string,
): Promise<{ certificate: string; key: string } | undefined> {
  try {
    const key = await readFile(join(folder, `${name}.key`), "utf8");
    if (!key.includes("-----END")) return undefined;
    return { certificate: await readFile(join(folder, `${name}.crt`), "utf8"), key };
  } catch {
    return undefined;
  }
}

function validity() {
  // A clock that is a little behind must not refuse a new certificate.
  const notBefore = new Date(Date.now() - 3600_000);
  return {
    serialNumber: randomBytes(16)
      .toString("hex")
      .replace(/^[89a-f]/, "7"),
    notBefore,
    notAfter: new Date(notBefore.getTime() + TEN_YEARS_MS),
  };
}
