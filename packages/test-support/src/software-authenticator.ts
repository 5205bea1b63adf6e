import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What a test has the authenticator say wrongly. */
export interface Deviation {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Whether the person has shown that it is them. */
  readonly userVerified?: boolean;
  /** Signs with another key. */
  readonly otherKey?: boolean;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

const base64url = (value: string | Buffer) => Buffer.from(value).toString("base64url");
const sha256 = (value: string | Buffer) => createHash("sha256").update(value).digest();

/**
 * A test double of a phone's or a key's authenticator and of the browser before it: one passkey, ES256, without
 * attestation (WebAuthn, Level 3: 6.1, 6.5).
 */
export function createSoftwareAuthenticator(origin: string) {
  const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const key = newKey();
  const id = randomBytes(32);
  let counter = 0;

  function clientData(type: string, challenge: string, deviation: Deviation): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: deviation.type ?? type,
        challenge: deviation.challenge ?? challenge,
        origin: deviation.origin ?? origin,
        crossOrigin: false,
      }),
    );
  }

  function authenticatorData(flags: number, { rpId, userVerified = true }: Deviation): Buffer {
    counter += 1;
    const head = Buffer.alloc(5);
    head.writeUInt8(flags | USER_PRESENT | (userVerified ? USER_VERIFIED : 0), 0);
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(rpId ?? new URL(origin).hostname), head]);
  }

  const credential = (response: Record<string, unknown>) => ({
    id: base64url(id),
    rawId: base64url(id),
    type: "public-key",
    clientExtensionResults: {},
    response,
  });

  return {
    id: base64url(id),
    origin,

    /** As `navigator.credentials.create()`, then `toJSON()`. */
    create({ challenge }: { challenge: string }, deviation: Deviation = {}) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(key)]);
      const authData = Buffer.concat([authenticatorData(ATTESTED, deviation), attested]);
      const attestation = cborMap([
        [cborText("fmt"), cborText("none")],
        [cborText("attStmt"), cborMap([])],
        [cborText("authData"), cborBytes(authData)],
      ]);
      return credential({
        clientDataJSON: base64url(clientData("webauthn.create", challenge, deviation)),
        attestationObject: base64url(attestation),
        transports: ["internal"],
      });
    },

    /** As `navigator.credentials.get()`, then `toJSON()`. */
    get({ challenge }: { challenge: string }, deviation: Deviation = {}) {
      const client = clientData("webauthn.get", challenge, deviation);
      const data = authenticatorData(0, deviation);
      const signature = sign(
        "sha256",
        Buffer.concat([data, sha256(client)]),
        deviation.otherKey ? newKey() : key,
      );
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
      });
    },
  };
}

/** The public key as RFC 9053 has it: EC2, ES256, P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return cborMap([
    [Buffer.from([0x01]), Buffer.from([0x02])],
    [Buffer.from([0x03]), Buffer.from([0x26])],
    [Buffer.from([0x20]), Buffer.from([0x01])],
    [Buffer.from([0x21]), cborBytes(Buffer.from(x, "base64url"))],
    [Buffer.from([0x22]), cborBytes(Buffer.from(y, "base64url"))],
  ]);
}

/** RFC 8949: a map of fewer than 24 entries, each encoded already. */
function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([Buffer.from([0xa0 | entries.length]), ...entries.flat()]);
}

/** RFC 8949: a text of fewer than 24 bytes. */
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

/** RFC 8949: fewer than 256 bytes. */
function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, bytes.length]), bytes]);
}
