import { bucketRule } from "../buckets.ts";

const PATH = ["versioningConfiguration", "status"];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html */
export const bucketVersioned = bucketRule({
  name: "s3-versioned",
  description:
    "What is overwritten or removed by mistake or by an intruder is gone. Give every bucket a BucketVersioning that is " +
    "Enabled.",
  types: ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"],
  missing: "the bucket keeps no earlier versions",
  props: { versioningConfiguration: { status: "Enabled" } },
  *check(props) {
    if (props.versioningConfiguration?.status === "Enabled") return;
    yield { wrong: "the bucket keeps no earlier versions", fix: [{ path: PATH, value: "Enabled" }] };
  },
});
