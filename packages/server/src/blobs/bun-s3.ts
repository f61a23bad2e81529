/**
 * Disk of blobs in a bucket, over any S3 API (docs/spec/media.md ME21, ME23). Each part is an object, `ID/FROM-TO`. No
 * acknowledged part is ever overwritten, and a part that arrives late does no harm: the index knows which parts count.
 * Every request is idempotent, and is tried again a few times.
 */

import { concat } from "@yanshu/wire";
import { S3Client } from "bun";
import { type BlobDisk, BlobDiskFullError, type BlobIndex } from "./store.ts";

export type S3Place = {
  readonly bucket: string;
  /** Prefix of object names: empty, or ending in a slash. */
  readonly prefix: string;
  /** Such as `https://s3.eu-central-1.amazonaws.com`; absent: Amazon's endpoint of the region. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

/**
 * `refused`: the keys or the bucket are not valid, which waiting does not change. `away`: no answer, or another error.
 */
export type S3Answer = { readonly kind: "ok" } | { readonly kind: "away" | "refused"; readonly code: string };

const triesMax = 3;
const askMsMax = 20_000;

export function s3Disk(place: S3Place, index: Pick<BlobIndex, "parts">): BlobDisk {
  const client = clientOf(place);
  const folder = (id: string) => `${place.prefix}${id}/`;
  const name = (id: string, from: number, to: number) => `${folder(id)}${from}-${to}`;
  const namesOf = async (id: string, after?: string) => {
    const prefix = folder(id);
    return again(() => client.list({ prefix, ...(after === undefined ? {} : { startAfter: after }) }));
  };
  return {
    write: async (id, offset, bytes) => {
      await again(() => client.write(name(id, offset, offset + bytes.length), bytes));
    },
    read: async (id, offset, length) => {
      const ranges = index.parts(id, offset, offset + length).map(({ from, to }) => {
        const [begin, end] = [Math.max(offset, from) - from, Math.min(offset + length, to) - from];
        return again(async () => {
          const file = client.file(name(id, from, to));
          const bytes = new Uint8Array(await file.slice(begin, end).arrayBuffer());
          if (bytes.length !== end - begin) throw new Error("the bucket answered another range");
          return bytes;
        });
      });
      return concat(...(await Promise.all(ranges)));
    },
    // The provider sets the times of objects (ME23).
    finish: async () => undefined,
    remove: async (id) => {
      for (let after: string | undefined, more = true; more; ) {
        const page = await namesOf(id, after);
        const names = (page.contents ?? []).map(({ key }) => key);
        for (const key of names) await again(() => client.delete(key));
        after = names.at(-1);
        more = page.isTruncated === true && after !== undefined;
      }
    },
  };
}

/** Tries once whether the bucket can be reached and read with these keys. */
export async function tryBucket(place: S3Place): Promise<S3Answer> {
  try {
    await inTime(() => clientOf(place).list({ prefix: place.prefix, maxKeys: 1 }));
    return { kind: "ok" };
  } catch (error) {
    const code = codeOf(error);
    return { kind: isRefusal(code) ? "refused" : "away", code };
  }
}

function clientOf({ bucket, endpoint, region, accessKeyId, secretAccessKey, sessionToken }: S3Place): S3Client {
  return new S3Client({
    bucket,
    accessKeyId,
    secretAccessKey,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

const refusals: ReadonlySet<string> = new Set([
  "AccessDenied",
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "NoSuchBucket",
  "AllAccessDisabled",
  "ExpiredToken",
  "InvalidToken",
  "InvalidBucketName",
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
]);
const full: ReadonlySet<string> = new Set([
  "InsufficientStorage",
  "QuotaExceeded",
  "QuotaExceededException",
  "StorageFull",
  "XMinioStorageFull",
  "XMinioAdminBucketQuotaExceeded",
]);

function isRefusal(code: string): boolean {
  return refusals.has(code);
}

/** Tries a request again. @throws BlobDiskFullError, or an Error with only S3's code, without names and keys. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTime(ask);
    } catch (error) {
      const code = codeOf(error);
      if (full.has(code)) throw new BlobDiskFullError("no room left");
      if (isRefusal(code) || code === "NoSuchKey" || tries === triesMax) throw new Error(`the bucket: ${code}`);
      await Bun.sleep(100 * 2 ** tries);
    }
  }
}

async function inTime<T>(ask: () => Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const late = new Promise<never>((_, refuse) => {
    const timer = setTimeout(() => refuse(new Error("no answer in time")), askMsMax);
    stop = () => clearTimeout(timer);
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    stop();
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "no answer";
}
