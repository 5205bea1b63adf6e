import type { Link } from "../components/pod.ts";

/** Where media lie, wherever that is. */
export interface ObjectStore {
  /** `OBJECT_STORE_URL`, such as `file:///objects` or `s3://bucket`, and what else its client needs. */
  readonly link: Link;
}
