import type { PlatformKubectl } from "../platform-kubectl.ts";
import { CommandFailure } from "../ui/failure.ts";

interface SecretObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

/** What is in a Secret, and how it is changed. */
export interface StoredSecret {
  readonly name: string;
  /** By key. */
  readonly values: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Sets these values, all at once, and annotations; undefined removes one.
   *
   * @throws CommandFailure when another change came between
   */
  change(
    values: Readonly<Record<string, string | undefined>>,
    annotations?: Readonly<Record<string, string | undefined>>,
  ): Promise<StoredSecret>;
}

/** @throws CommandFailure when the platform has none of that name */
export async function readSecret(kubectl: PlatformKubectl, name: string): Promise<StoredSecret> {
  const text = await kubectl(["get", "secret", name, "-o", "json"]).catch((cause) => {
    throw new CommandFailure(`the platform has no ${name} yet: \`npm run up\` makes them`, {
      exitCode: 3,
      cause,
    });
  });
  return describe(kubectl, name, JSON.parse(text) as SecretObject);
}

function describe(kubectl: PlatformKubectl, name: string, secret: SecretObject): StoredSecret {
  const { annotations = {} } = secret.metadata;
  const decoded = Object.entries(secret.data).map(([key, value]) => [
    key,
    Buffer.from(value, "base64").toString("utf8"),
  ]);
  return {
    name,
    values: Object.fromEntries(decoded),
    annotations,
    async change(values, notes = {}) {
      const encoded = Object.entries(values).map(([key, value]) => [
        key,
        value === undefined ? undefined : Buffer.from(value).toString("base64"),
      ]);
      const object = {
        ...secret,
        metadata: { ...secret.metadata, annotations: { ...annotations, ...notes } },
        data: { ...secret.data, ...Object.fromEntries(encoded) },
      };
      // With the version that was read: a change that came between is not overwritten.
      const stored = await kubectl(["replace", "-o", "json", "-f", "-"], {
        input: JSON.stringify(object),
      }).catch((cause) => {
        throw new CommandFailure(`${name} was not changed; run it again`, { cause });
      });
      return describe(kubectl, name, JSON.parse(stored) as SecretObject);
    },
  };
}
