import { describe, expect, test } from "vitest";
import { recordedVersion } from "./install.ts";
import { AwsRecorder } from "./recorder.ts";

const urn = (type: string, name: string) => `urn:pulumi:prod::mobile-ai-agent::some:Parent$${type}::${name}`;

async function recorder() {
  const started = new AwsRecorder();
  await started.configure({ region: "eu-central-1", allowedAccountIds: '["111122223333"]' });
  return started;
}

async function create(type: string, name: string, inputs: Record<string, unknown>, preview = true) {
  const request = { urn: urn(type, name), inputs, timeoutSeconds: 0, preview };
  return await (await recorder()).create(request);
}

describe("the recorder", () => {
  test("repeats inputs and invents outputs of the account and region that it is configured with", async () => {
    const { id, state } = await create("aws:kms/key:Key", "data", { enableKeyRotation: true });
    expect(state).toMatchObject({
      enableKeyRotation: true,
      keyId: id,
      arn: `arn:aws:kms:eu-central-1:111122223333:key/${id}`,
    });
  });

  test("takes the name that AWS would take, and makes one where there is none", async () => {
    const bucket = await create("aws:s3/bucket:Bucket", "media", { bucket: "media-1" });
    expect(bucket).toMatchObject({ id: "media-1", state: { arn: "arn:aws:s3:::media-1" } });
    const role = await create("aws:iam/role:Role", "nodes", {});
    expect(role.state.name).toMatch(/^nodes-[0-9a-f]{7}$/);
    expect(role.state.arn).toBe(`arn:aws:iam::111122223333:role/${role.id}`);
    expect((await create("aws:ec2/vpc:Vpc", "network", {})).id).toMatch(/^vpc-[0-9a-f]{17}$/);
  });

  test("invents the same each time, and another thing for another resource", async () => {
    const make = (name: string) => create("aws:ec2/subnet:Subnet", name, {});
    expect(await make("a")).toEqual(await make("a"));
    expect((await make("a")).id).not.toBe((await make("b")).id);
  });

  test("adds to an object that the program gives in part, and leaves secrets secret", async () => {
    const cluster = await create("aws:eks/cluster:Cluster", "agent", {
      name: "agent",
      vpcConfig: { subnetIds: ["subnet-1"] },
    });
    expect(cluster.state.vpcConfig).toEqual({
      subnetIds: ["subnet-1"],
      clusterSecurityGroupId: expect.stringMatching(/^sg-/),
    });
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "x" };
    const version = await create("aws:secretsmanager/secretVersion:SecretVersion", "p", {
      secretString: secret,
    });
    expect(version.state.secretString).toEqual(secret);
  });

  test("makes, changes and removes nothing", async () => {
    await expect(create("aws:s3/bucket:Bucket", "media", {}, false)).rejects.toThrow("it only previews");
    const started = await recorder();
    const change = { urn: urn("aws:s3/bucket:Bucket", "media"), timeoutSeconds: 0, preview: false };
    await expect(started.update({ ...change, inputs: {}, state: {} })).rejects.toThrow("it only previews");
    await expect(started.delete()).rejects.toThrow("it only previews");
  });

  test("answers a few functions, and none that it doesn't know", async () => {
    const started = await recorder();
    expect(await started.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})).toMatchObject({
      accountId: "111122223333",
    });
    const { names } = await started.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {});
    expect(names).toEqual(["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
    await expect(started.invoke("aws:ec2/getAmi:getAmi", {})).rejects.toThrow("no answer for aws:ec2/getAmi");
  });

  test("tells what changes", async () => {
    const difference = (await recorder()).diff({ oldInputs: { a: 1, b: 2 }, news: { a: 1, c: 3 } });
    expect(difference.changes.map(({ path }) => path)).toEqual(["b", "c"]);
  });

  test("stands in for the release of the package that the program uses", () => {
    expect(recordedVersion()).toMatch(/^7\.\d+\.\d+$/);
  });
});
