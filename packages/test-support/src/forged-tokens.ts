import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { createIssuer, type TestIssuer, type TokenOptions } from "./issuer.ts";

/** What every forger knows: the issuer's public key and a valid token; some have had one signed that is none. */
interface Target {
  readonly issuer: TestIssuer;
  /** A valid access token of the issuer, with changes. */
  readonly token: (options?: TokenOptions) => string;
  /** Where a forger serves keys of their own. */
  readonly forgersUrl: string;
}

type Forgery = (target: Target) => string;
type Json = Record<string, unknown>;

const now = () => Math.floor(Date.now() / 1000);
const base64url = (value: string | Buffer) => Buffer.from(value).toString("base64url");
const encode = (value: unknown) => base64url(JSON.stringify(value));
const decode = (part = ""): Json => JSON.parse(Buffer.from(part, "base64url").toString());
const partsOf = (token: string) => token.split(".") as [string, string, string];

/** A valid token's claims under another header, with the signature that `signer` makes of both. */
function resigned(target: Target, header: Json, signer: (input: string) => Buffer): string {
  const [valid, payload] = partsOf(target.token());
  const input = `${encode({ ...decode(valid), ...header })}.${payload}`;
  return `${input}.${base64url(signer(input))}`;
}

/** A valid token with another signature. */
function withSignature(target: Target, change: (signature: Buffer) => Buffer): string {
  const [header, payload, signature] = partsOf(target.token());
  return `${header}.${payload}.${base64url(change(Buffer.from(signature, "base64url")))}`;
}

/** A payload of any text, signed with the issuer's own key. */
function signedText({ issuer, token }: Target, payload: string, headerText?: string): string {
  const [header] = partsOf(token());
  const input = `${headerText === undefined ? header : base64url(headerText)}.${base64url(payload)}`;
  return `${input}.${base64url(ecdsa("sha256", issuer.privateKey)(input))}`;
}

const ecdsa = (hash: string, key: KeyObject | string) => (input: string) =>
  sign(hash, Buffer.from(input), { key: key as string, dsaEncoding: "ieee-p1363" });
const hmac = (hash: string, secret: string | Buffer) => (input: string) =>
  createHmac(hash, secret).update(input).digest();
const nothing = () => Buffer.alloc(0);

const forger = createIssuer();
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync("ed25519").privateKey;
const derOf = ({ publicKey }: TestIssuer) =>
  Buffer.from(publicKey.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
const jwkOf = ({ jwks }: TestIssuer) => jwks().keys[0] as Json;
const byForger = (header: Json) => (target: Target) =>
  resigned(target, header, ecdsa("sha256", forger.privateKey));
const claims = (changed: Json) => (target: Target) => target.token({ claims: changed });
const header = (changed: Json) => (target: Target) => target.token({ header: changed });

const ALGORITHMS: Record<string, Forgery> = {
  "alg none": (target) => resigned(target, { alg: "none" }, nothing),
  "alg None": (target) => resigned(target, { alg: "None" }, nothing),
  "alg NONE": (target) => resigned(target, { alg: "NONE" }, nothing),
  "alg nOnE": (target) => resigned(target, { alg: "nOnE" }, nothing),
  "alg none with a signature": byForger({ alg: "none" }),
  "no alg": header({ alg: undefined }),
  "alg in lower case": header({ alg: "es256" }),
  "alg a list": header({ alg: ["ES256"] }),
  "HS256 with the public key as PEM": (target) =>
    resigned(target, { alg: "HS256" }, hmac("sha256", target.issuer.publicKey)),
  "HS256 with the public key as PEM, without its last newline": (target) =>
    resigned(target, { alg: "HS256" }, hmac("sha256", target.issuer.publicKey.trim())),
  "HS256 with the public key as DER": (target) =>
    resigned(target, { alg: "HS256" }, hmac("sha256", derOf(target.issuer))),
  "HS256 with the public key as JWK": (target) =>
    resigned(target, { alg: "HS256" }, hmac("sha256", JSON.stringify(jwkOf(target.issuer)))),
  "HS512 with the public key as PEM": (target) =>
    resigned(target, { alg: "HS512" }, hmac("sha512", target.issuer.publicKey)),
  "HS256 with an empty secret": (target) => resigned(target, { alg: "HS256" }, hmac("sha256", "")),
  "ES256 that is an HMAC with the public key": (target) =>
    resigned(target, {}, hmac("sha512", target.issuer.publicKey)),
  "RS256 with a key of the forger": (target) =>
    resigned(target, { alg: "RS256" }, (input) => sign("sha256", Buffer.from(input), rsa)),
  "ES256 that is an RSA signature": (target) =>
    resigned(target, {}, (input) => sign("sha256", Buffer.from(input), rsa)),
  "ES384 with a key of the forger": (target) =>
    resigned(target, { alg: "ES384" }, ecdsa("sha384", ec("P-384"))),
  "ES256 on curve P-384": (target) => resigned(target, {}, ecdsa("sha256", ec("P-384"))),
  "ES256 on curve secp256k1": (target) => resigned(target, {}, ecdsa("sha256", ec("secp256k1"))),
  "ES256K with a key of the forger": (target) =>
    resigned(target, { alg: "ES256K" }, ecdsa("sha256", ec("secp256k1"))),
  "EdDSA with a key of the forger": (target) =>
    resigned(target, { alg: "EdDSA" }, (input) => sign(null, Buffer.from(input), ed25519)),
  "the issuer's key with another hash": (target) =>
    resigned(target, {}, ecdsa("sha512", target.issuer.privateKey)),
};

const KEYS: Record<string, Forgery> = {
  "the issuer's key id, the forger's key": byForger({}),
  "an unknown key id": byForger({ kid: forger.kid }),
  "no key id": header({ kid: undefined }),
  "an empty key id": header({ kid: "" }),
  "a key id that is null": header({ kid: null }),
  "a key id that is a number": header({ kid: 0 }),
  "a key id that is a query": header({ kid: { $ne: null } }),
  "a key id that is a file": (target) =>
    resigned(target, { alg: "HS256", kid: "../../../../dev/null" }, hmac("sha256", "")),
  "a key id of every object": header({ kid: "__proto__" }),
  "jwk: a key in the header": byForger({ jwk: jwkOf(forger) }),
  "jwk: a key in the header, under its own id": byForger({ jwk: jwkOf(forger), kid: forger.kid }),
  "jku: where keys are": (target) =>
    byForger({ jku: `${target.forgersUrl}/jwks.json`, kid: forger.kid })(target),
  "x5u: where a certificate is": (target) =>
    byForger({ x5u: `${target.forgersUrl}/certificate.pem`, kid: forger.kid })(target),
  "x5c: a certificate in the header": byForger({ x5c: [derOf(forger).toString("base64")], kid: forger.kid }),
  "crit: an extension that nobody knows": header({ crit: ["urn:forger"], "urn:forger": true }),
  "crit: b64": header({ crit: ["b64"], b64: false }),
  "crit: nothing": header({ crit: [] }),
};

const KINDS: Record<string, Forgery> = {
  "an ID token": header({ typ: "JWT" }),
  "no typ": header({ typ: undefined }),
  "a token for logout": header({ typ: "logout+jwt" }),
  "a certificate of an erasure": header({ typ: "erasure-certificate+jwt" }),
  "a token of a run": (target) =>
    resigned(target, { alg: "HS256", typ: "run+jwt" }, hmac("sha256", randomBytes(32))),
  "a typ that is a list": header({ typ: ["at+jwt"] }),
  "a refresh token": () => base64url(randomBytes(32)),
};

const SIGNATURES: Record<string, Forgery> = {
  "no signature": ({ token }) => partsOf(token()).slice(0, 2).join("."),
  "an empty signature": (target) => withSignature(target, nothing),
  "half a signature": (target) => withSignature(target, (signature) => signature.subarray(0, 32)),
  "a longer signature": (target) =>
    withSignature(target, (signature) => Buffer.concat([signature, signature])),
  "a signature of zeros": (target) => withSignature(target, () => Buffer.alloc(64)),
  "a signature of ones": (target) => withSignature(target, () => Buffer.alloc(64, 255)),
  "a random signature": (target) => withSignature(target, () => randomBytes(64)),
  "a signature as DER": (target) =>
    resigned(target, {}, (input) => sign("sha256", Buffer.from(input), target.issuer.privateKey)),
  "the signature of another token": (target) => {
    const [, , other] = partsOf(target.token());
    return withSignature(target, () => Buffer.from(other, "base64url"));
  },
  "more rights than were signed": ({ token }) => {
    const [head, payload, signature] = partsOf(token());
    return `${head}.${encode({ ...decode(payload), roles: ["admin"] })}.${signature}`;
  },
  "a later expiry than was signed": ({ token }) => {
    const [head, payload, signature] = partsOf(token());
    return `${head}.${encode({ ...decode(payload), exp: now() + 1e6 })}.${signature}`;
  },
  "a claim twice, one of which was signed": ({ token }) => {
    const [head, payload, signature] = partsOf(token());
    const text = JSON.stringify(decode(payload)).replace("{", '{"roles":["admin"],');
    return `${head}.${base64url(text)}.${signature}`;
  },
  "an alg twice, one of which was signed": ({ token }) => {
    const [head, payload, signature] = partsOf(token());
    const text = JSON.stringify(decode(head)).replace("{", '{"alg":"none",');
    return `${base64url(text)}.${payload}.${signature}`;
  },
};

/** Signed with the issuer's own key: what another of its products could be, or what a fault of its could make. */
const CLAIMS: Record<string, Forgery> = {
  "another issuer": claims({ iss: "https://other.test" }),
  "no issuer": claims({ iss: undefined }),
  "an issuer with a slash more": (target) => claims({ iss: `${target.issuer.issuer}/` })(target),
  "another audience": claims({ aud: "other" }),
  "no audience": claims({ aud: undefined }),
  "an empty list of audiences": claims({ aud: [] }),
  "an audience that begins alike": (target) => claims({ aud: `${target.issuer.audience}-other` })(target),
  expired: claims({ exp: now() - 60 }),
  "no expiry": claims({ exp: undefined }),
  "an expiry that is null": claims({ exp: null }),
  "an expiry that is a text": claims({ exp: `${now() + 600}` }),
  "an expiry before time began": claims({ exp: -1 }),
  "not valid yet": claims({ nbf: now() + 600 }),
  "a nbf that is a text": claims({ nbf: "soon" }),
  "issued in the future": claims({ iat: now() + 600 }),
  "no time of issue": claims({ iat: undefined }),
  "no subject": claims({ sub: undefined }),
  "a subject that is no user id": claims({ sub: "admin" }),
  "a subject that is a query": claims({ sub: { $ne: null } }),
  "no sign-in": claims({ sid: undefined }),
  "a sign-in that is a query": claims({ sid: { $ne: null } }),
  "no token id": claims({ jti: undefined }),
  "no roles": claims({ roles: undefined }),
  "roles that are a text": claims({ roles: "admin" }),
  "a role that does not exist": claims({ roles: ["root"] }),
  "an expiry beyond all numbers": (target) => {
    const [, payload] = partsOf(target.token());
    return signedText(target, JSON.stringify(decode(payload)).replace(/"exp":\d+/, '"exp":1e999'));
  },
};

const SHAPES: Record<string, Forgery> = {
  "no token at all": () => "nonsense",
  dots: () => "..",
  "two parts": ({ token }) => partsOf(token()).slice(1).join("."),
  "four parts": ({ token }) => `${token()}.${base64url("more")}`,
  "five parts, as if encrypted": (target) => {
    const [head] = partsOf(target.token({ header: { alg: "dir", enc: "A256GCM" } }));
    return [head, "", ...[12, 64, 16].map((size) => base64url(randomBytes(size)))].join(".");
  },
  "padded base64": ({ token }) => `${token()}==`,
  "more than 4096 characters": claims({ filler: "x".repeat(4096) }),
  "12000 characters of nothing": () => "x".repeat(12_000),
  "a header that is no JSON": (target) => signedText(target, "{}", "nonsense"),
  "a header that is a list": (target) => signedText(target, "{}", "[]"),
  "a header that is null": (target) => signedText(target, "{}", "null"),
  "a payload that is no JSON": (target) => signedText(target, "nonsense"),
  "a payload that is a list": (target) => signedText(target, "[]"),
  "a payload that is null": (target) => signedText(target, "null"),
  "a payload that is a token": (target) => signedText(target, JSON.stringify(target.token())),
};

/** Every token that must be refused, by what is wrong with it. */
const FORGERIES: Readonly<Record<string, Forgery>> = {
  ...ALGORITHMS,
  ...KEYS,
  ...KINDS,
  ...SIGNATURES,
  ...CLAIMS,
  ...SHAPES,
};

/**
 * Tokens that nobody may take.
 *
 * @param options.claims of the valid token that each is a forgery of: a user and a sign-in that exist, so that nothing but
 *   the forgery is a reason to refuse it
 * @param options.forgersUrl must never be asked for anything
 */
export function forgedTokens(options: {
  issuer: TestIssuer;
  claims?: Json;
  forgersUrl?: string;
}): { name: string; token: string }[] {
  const { issuer, claims: common, forgersUrl = "http://127.0.0.1:9" } = options;
  const token = ({ claims: changed, header: head }: TokenOptions = {}) =>
    issuer.token({ claims: { ...common, ...changed }, ...(head && { header: head }) });
  return Object.entries(FORGERIES).map(([name, forge]) => ({
    name,
    token: forge({ issuer, token, forgersUrl }),
  }));
}
