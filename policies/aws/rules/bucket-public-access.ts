import { bucketRule } from "../buckets.ts";

const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const bucketPublicAccess = bucketRule({
  name: "s3-public-access-blocked",
  description:
    "One wrong policy makes a bucket's content public. Give every bucket a BucketPublicAccessBlock with all four " +
    "switches on.",
  types: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
  missing: "nothing blocks public access to the bucket",
  props: Object.fromEntries(SWITCHES.map((key) => [key, true])),
  *check(props) {
    for (const key of SWITCHES) {
      if (props[key] !== true) yield { wrong: `${key} is off`, fix: [{ path: [key], value: true }] };
    }
  },
});
