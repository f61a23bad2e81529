/** What of files lies on this device (docs/spec/keeping.md KP5, KP6): counted by the chunks that are here. */
import { blobsIn, decodeBody } from "@yanshu/content";
import { readBlob, readOwnBlob, type StoredBlob } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { dayNow, handleOf, hasChunk } from "./blob-refs.ts";
import { chunkCount, chunkRange, cipherBytes } from "./stream.ts";

export function blobsOf({ db, ports }: Engine, bytes: Bytes): readonly StoredBlob[] {
  const body = decodeBody(bytes);
  return (body === undefined ? [] : blobsIn(body)).flatMap((ref) => {
    const row = readBlob(db, handleOf(db, ports.crypto.sha256, ref));
    return row === undefined ? [] : [row];
  });
}

export function heldBytes({ bytes, have }: StoredBlob): number {
  let held = 0;
  for (let index = 0; index < chunkCount(bytes); index++)
    if (hasChunk(have, index)) held += chunkRange(bytes, index).length;
  return held;
}

/** It lies at the server whole, and will tomorrow; and nothing is moving. */
export function canBeFetchedAgain(engine: Engine, row: StoredBlob): boolean {
  const own = readOwnBlob(engine.db, row.id);
  const isThere = own === undefined || (own.created === 1 && own.written >= cipherBytes(row.bytes));
  return isThere && row.wish === "none" && row.fault === null && row.expires_day > dayNow(engine) + 1;
}
