import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";
import { awaitPods } from "./await-pods.ts";
import { certificatesIn, newClientCertificate } from "./client-certificate.ts";
import { readSecret, type StoredSecret } from "./stored-secret.ts";

const SECRET = "mongodb-credentials";
const POD = "mongodb-0";
const STATEFUL_SET = "statefulset/mongodb";
const BEGUN_AT = "mobile-ai-agent/rotation-begun-at";
const RESTART_NEEDED = "mobile-ai-agent/restart-needed-since";
/** A service makes a new client within seconds, and ends what is under way on the one before. */
const PAUSE_MS = 3 * 60_000;

interface Rotation {
  readonly kubectl: PlatformKubectl;
  readonly now?: Date;
  /** For tests. */
  readonly wait?: Parameters<typeof awaitPods>[2];
}

/**
 * Gives the services the certificate that the database knows already besides theirs, or goes on with a rotation that was
 * interrupted. They connect with it without a restart. The one before is let in until `finishMongo`.
 *
 * @throws CommandFailure when the database is not the cluster's own, or pods don't follow; then it can be run again
 */
export async function rotateMongo({ kubectl, now = new Date(), wait }: Rotation): Promise<void> {
  let secret = await readClusterSecret(kubectl);
  if (secret.annotations[RESTART_NEEDED] !== undefined) {
    throw new CommandFailure(
      "the database does not know the next certificate yet: run `npm run keys -- finish mongodb`",
    );
  }
  const next = secret.values["next.pem"];
  if (next !== undefined) {
    const changes = { "client.pem": next, "next.pem": undefined };
    secret = await secret.change(changes, { [BEGUN_AT]: now.toISOString() });
  }
  await awaitServices(kubectl, secret, wait);
}

/**
 * Ends a rotation: the database forgets the certificate before and learns the one for the next time. It reads them only
 * when it starts, so its pod is replaced, and for some seconds nobody reaches it.
 *
 * @throws CommandFailure when no rotation is under way, or services may still use the certificate before
 */
export async function finishMongo({ kubectl, now = new Date(), wait }: Rotation): Promise<void> {
  let secret = await readClusterSecret(kubectl);
  if (secret.annotations[RESTART_NEEDED] === undefined) {
    refuseTooSoon(secret, now);
    await awaitServices(kubectl, secret, wait);
    const current = certificatesIn(secret.values["client.pem"] ?? "").join("");
    const next = await newClientCertificate();
    secret = await secret.change(
      { "clients.crt": current + next.certificate, "next.pem": next.certificate + next.privateKey },
      { [RESTART_NEEDED]: now.toISOString() },
    );
  }
  await kubectl(["delete", "pod", POD, "--ignore-not-found"]);
  await kubectl(["rollout", "status", STATEFUL_SET, "--timeout=5m"]).catch((cause) => {
    throw new CommandFailure("the database's pod did not come back; see why, then run this again", { cause });
  });
  await secret.change({}, { [RESTART_NEEDED]: undefined });
}

async function readClusterSecret(kubectl: PlatformKubectl): Promise<StoredSecret> {
  const secret = await readSecret(kubectl, SECRET);
  if (secret.values["clients.crt"] !== undefined) return secret;
  throw new CommandFailure(
    "this database can't be rotated by this command: it is not the cluster's own, or older than the command; " +
      "docs/runbooks/credentials.md says how it is done",
  );
}

function refuseTooSoon({ values, annotations }: StoredSecret, now: Date): void {
  if (values["next.pem"] !== undefined) {
    throw new CommandFailure("no rotation is under way: begin one with `npm run keys -- rotate mongodb`");
  }
  const begunAt = annotations[BEGUN_AT];
  const left = new Date(begunAt ?? 0).getTime() + PAUSE_MS - now.getTime();
  if (left <= 0) return;
  throw new CommandFailure(
    `the rotation began at ${begunAt}, and services may still end something with the certificate before: wait ` +
      `${Math.ceil(left / 1000)} s`,
  );
}

async function awaitServices(
  kubectl: PlatformKubectl,
  { values }: StoredSecret,
  wait: Rotation["wait"],
): Promise<void> {
  await awaitPods(kubectl, { secret: SECRET, files: { "client.pem": values["client.pem"] ?? "" } }, wait);
}
