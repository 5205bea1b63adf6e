import {
  type Fault,
  type Props,
  type StackResource,
  type StackRule,
  stackRule,
} from "@mobile-ai-agent/policies-rule-kit";

/** Version 6 of the provider has `V2` in the names of what version 7 calls as before. */
const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

/** A rule that every bucket has a resource beside it that settles something. */
export function bucketRule(args: {
  readonly name: string;
  readonly description: string;
  /** Type tokens of the resource beside it; the first is what to add. */
  readonly types: readonly [string, ...string[]];
  readonly missing: string;
  /** Inputs of one to add. */
  readonly props: Props;
  /** What is wrong with one that is there. */
  readonly check: (props: Props) => Iterable<Fault>;
}): StackRule {
  const { types, missing, props, check, ...policy } = args;
  return stackRule({
    ...policy,
    enforcementLevel: "mandatory",
    *check(resources) {
      const settings = resources.filter(({ type }) => types.includes(type));
      for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
        const own = settings.filter((setting) => isOf(setting, bucket));
        if (own.length === 0) {
          const add = { type: types[0], name: bucket.name, props, refersTo: { bucket: bucket.urn } };
          yield { resource: bucket, wrong: missing, fix: [{ add }] };
        }
        for (const setting of own)
          for (const fault of check(setting.props)) yield { resource: setting, ...fault };
      }
    },
  });
}

/** By reference first: in a preview the bucket's id is not known yet. */
function isOf(setting: StackResource, bucket: StackResource): boolean {
  const references = setting.propertyDependencies?.bucket ?? [];
  if (references.length > 0) return references.some(({ urn }) => urn === bucket.urn);
  return setting.props.bucket !== undefined && setting.props.bucket === bucket.props.bucket;
}
