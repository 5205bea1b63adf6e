import type { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { type ObjectStore, requireContentType, requireKey, type StoredObject } from "./object-store.ts";

/** For what speaks S3's protocol and is not S3. */
export interface S3Options {
  readonly endpoint?: string;
  /** The bucket in the path instead of the host name. */
  readonly forcePathStyle?: boolean;
}

/** Objects in a bucket. Credentials and region come from where the SDK looks: the environment, or the pod's identity. */
export function createS3Store(bucket: string, options: S3Options = {}): ObjectStore {
  const client = new S3Client(options);
  const at = (key: string) => ({ Bucket: bucket, Key: requireKey(key) });
  return {
    async put(key, body, { contentType }) {
      // In parts, since the length of a stream isn't known beforehand; parts of one that breaks are removed.
      const params = { ...at(key), Body: body, ContentType: requireContentType(contentType) };
      await new Upload({ client, params, leavePartsOnError: false }).done();
    },

    async get(key, range) {
      const place = at(key);
      if (range && range.start > range.end) throw new RangeError("the range ends before it begins");
      try {
        const Range = range && `bytes=${range.start}-${range.end}`;
        const found = await client.send(new GetObjectCommand({ ...place, Range }));
        const { Body, ContentLength = 0, ContentRange, ContentType = "application/octet-stream" } = found;
        const size = ContentRange === undefined ? ContentLength : Number(ContentRange.split("/")[1]);
        return { body: Body as Readable, size, contentType: ContentType };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (error instanceof S3ServiceException && error.name === "InvalidRange") {
          throw new RangeError("the range begins behind the object's end", { cause: error });
        }
        throw error;
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key)));
    },

    async *list(prefix) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key, LastModified } of Contents) {
          if (Key && LastModified) yield { key: Key, modified: LastModified } satisfies StoredObject;
        }
      }
    },
  };
}
