import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { fromHex, toHex } from "../bytes.ts";
import { limits } from "../limits.ts";
import { decodeUsernameRecord, encodeUsernameRecord, readUsername, usernameParts } from "./usernames.ts";

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../vectors/handles.json"), "utf8"));

for (const { typed, means } of vectors.reads)
  test(`[ID28] "${typed}" ${means === null ? "is no handle" : `means ${means.handle}`}`, () =>
    expect(readUsername(typed) ?? null).toEqual(means));

test("[ID28] a name at a home that is longer than any domain is none", () => {
  const longest = "h".repeat(limits.domainBytesMax - "meiling:".length);
  expect(readUsername(`meiling:${longest}`)).toEqual({ handle: "meiling", server: longest });
  expect(readUsername(`meiling:${longest}h`)).toBeUndefined();
});

test("[ID28] whatever is typed, what is read is a handle, and reads as itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (typed) => {
      const read = readUsername(typed);
      if (read === undefined) return;
      expect(read.handle).toMatch(/^[a-z][a-z0-9._-]{3,31}$/);
      expect(readUsername(`@${read.handle}`)).toEqual({ handle: read.handle });
    }),
    { numRuns: 500 },
  );
});

test("[ID28] a record is as long for every name, and stands as the vector says", () => {
  const { value, body } = vectors.record;
  const record = { account: fromHex(value.account), capability: fromHex(value.capability), name: value.name };
  expect(toHex(encodeUsernameRecord(record))).toBe(body);
  expect(decodeUsernameRecord(fromHex(body))).toEqual(record);
  for (const name of ["", "外".repeat(64), "🦢".repeat(32)]) {
    const bytes = encodeUsernameRecord({ ...record, name });
    expect(bytes).toHaveLength(limits.handleRecordBytes - 28);
    expect(decodeUsernameRecord(bytes)?.name).toBe(name);
  }
  const { tag, key } = usernameParts(fromHex(vectors.stretched.tag + vectors.stretched.key));
  expect([toHex(tag), toHex(key)]).toEqual([vectors.stretched.tag, vectors.stretched.key]);
});

test("[ID28] what is no record reads as none, whatever it is", () => {
  const body = fromHex(vectors.record.body);
  for (const bytes of [new Uint8Array(), body.subarray(1), new Uint8Array(body.length).fill(255)])
    expect(decodeUsernameRecord(bytes)).toBeUndefined();
  const longer = body.slice();
  longer[longer.length - 1] = 1;
  expect(decodeUsernameRecord(longer)).toBeUndefined();
  // Nor one that is padded further: each has one length.
  expect(decodeUsernameRecord(new Uint8Array([...body, 0]))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: body.length, maxLength: body.length }), (bytes) => {
      decodeUsernameRecord(bytes);
    }),
  );
});
