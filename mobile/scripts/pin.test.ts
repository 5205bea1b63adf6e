import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { readPins } from "../src/config/pins.ts";
import { pinOf } from "./pin.ts";

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUJOk7C3g4MJPujgT90g+VsbrjVGgwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKYWdlbnQudGVzdDAgFw0yNjExMjQyMzI1MTNaGA8yMTI2MTAz
MTIzMjUxM1owFTETMBEGA1UEAwwKYWdlbnQudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABB3NAKQRBGjsaVH4d6fX8F5YLQGaxBUEKu1LSXtZngnvf7beZXym
7mEzJNaA9oUlgvD5YyIT+cz5PXoxil+o342jUzBRMB0GA1UdDgQWBBTv6PFosshW
DoZQPlonub5g1/iQHTAfBgNVHSMEGDAWgBTv6PFosshWDoZQPlonub5g1/iQHTAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDC+mXK2lazzAYwiXS0
ZxQr0ojjPTtSxevu3d6JgCss/AIgTHSJIZpZcLLTukKjtXdsXsAJajnIpWLOCpz4
AVwqaPk=
-----END CERTIFICATE-----
`;
/** Of `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl enc -base64`. */
const PIN = "AgHCUMUqsth+Hrwh7JgUVI1DyLkuDAZYZFLSswd4iXQ=";

it("gives for a certificate what openssl gives", () => {
  expect(pinOf(CERTIFICATE)).toBe(PIN);
});

it("gives the same for the key alone, so that a backup key needs no certificate yet", () => {
  const key = new X509Certificate(CERTIFICATE).publicKey.export({ type: "spki", format: "pem" });
  expect(pinOf(key as string)).toBe(PIN);
});

it("gives from a private key a pin that the build takes", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const backup = pinOf(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  expect(readPins(`${PIN},${backup}`)).toEqual([PIN, backup]);
});

it("refuses what is neither", () => {
  expect(() => pinOf("hello")).toThrow();
});
