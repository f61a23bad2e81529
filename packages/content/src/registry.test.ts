/** The list of features: what follows from it, and a later version that is this one with a feature more. */
import { expect, test } from "bun:test";
import { struct, uint } from "@yanshu/wire";
import { type Body, bodyDefs } from "./body.ts";
import { type AnyBody, body, type ContentFeature, contentFeature } from "./feature.ts";
import { contentFeatures } from "./features/index.ts";
import { blobsIn, bodyKinds, forwardOf, summaryOf, textOf, withBlobs } from "./kinds.ts";
import { messagesOf } from "./message.ts";
import { tableOf } from "./registry.ts";

/** The kinds of the formats' version 1, which every version has. */
const ofVersion1 = new Set(
  "text greeting accept profile introduce leave resendRequest resend sealedResend unavailable photos voice video file location card groupCard sticker sync recall edit react pat poll vote chain line record pins nicknames turnedAway handed familyPiece familyPieceKept".split(
    " ",
  ),
);

const features: readonly ContentFeature[] = contentFeatures;
const eyes = struct({ eyes: uint(6) });
const dice = contentFeature({
  bodies: {
    dice: body({ schema: eyes, disposition: "message", fallback: ({ eyes }) => `rolled a ${"*".repeat(40 * eyes)}` }),
    shake: body({ schema: eyes, disposition: "notice", fallback: ({ eyes }) => `shook ${eyes}` }),
    stop: body({ schema: eyes, disposition: "signal" }),
  },
});
const now = messagesOf(bodyDefs);
const later = messagesOf(tableOf("bodies", [...features, dice]));

function say(said: object, fallback?: string) {
  const outer = { id: new Uint8Array(16), seq: 1, seen: [], authenticator: new Uint8Array(16), sentAtMs: 1 };
  return { ...outer, body: said as Body, ...(fallback === undefined ? {} : { fallback }) };
}

test("[AC40] each kind of body, mark, note and item is said by one feature", () => {
  for (const sort of ["bodies", "marks", "notes", "synced"] as const) {
    const all = features.flatMap((feature) => Object.keys(feature[sort] ?? {}));
    expect(all.length).toBe(new Set(all).size);
    expect([...tableOf(sort).keys()]).toEqual(all);
  }
});

test("[AC40] [SY7] a message or notice that is newer than version 1 says what stands in its place", () => {
  const isWordless = ([kind, { disposition, fallback }]: readonly [string, AnyBody]) =>
    !ofVersion1.has(kind) && disposition !== "signal" && fallback === undefined;
  expect([...bodyDefs].filter(isWordless).map(([kind]) => kind)).toEqual([]);
  // What every version has is never gone from the list.
  expect([...ofVersion1].filter((kind) => !bodyKinds.includes(kind as Body["kind"]))).toEqual([]);
});

test("[SY7] the outer part takes disposition and fallback from the kind, and an older version reads both", () => {
  const dice = later.encodeMessage(say({ kind: "dice", eyes: 3 }));
  const kept = now.decodeMessage(dice);
  expect(kept).toMatchObject({ disposition: "message", fallback: `rolled a ${"*".repeat(120)}` });
  expect(kept.body.kind).toBe("unknown");
  expect(now.encodeMessage(kept)).toEqual(dice);
  const shake = now.decodeMessage(later.encodeMessage(say({ kind: "shake", eyes: 3 })));
  expect(shake).toMatchObject({ disposition: "notice", fallback: "shook 3" });
  const stop = now.decodeMessage(later.encodeMessage(say({ kind: "stop", eyes: 3 })));
  expect(stop.disposition).toBe("signal");
  expect(stop.fallback).toBeUndefined();
});

test("[SY7] a fallback that is too long is cut, one that is given stands, and a kind of version 1 has none", () => {
  const long = later.decodeMessage(later.encodeMessage(say({ kind: "dice", eyes: 6 })));
  expect(long.fallback).toHaveLength(200);
  expect(now.decodeMessage(later.encodeMessage(say({ kind: "dice", eyes: 1 }, "掷了一点"))).fallback).toBe("掷了一点");
  expect(now.decodeMessage(now.encodeMessage(say({ kind: "text", text: "hi" }))).fallback).toBeUndefined();
});

test("[AC40] words, what is carried elsewhere and files of a body are those of its kind", () => {
  const blob = { server: "yan.test", id: new Uint8Array(16), key: new Uint8Array(32), bytes: 1, expiresDay: 1 };
  const file: Body = { kind: "file", name: "a.txt", type: "text/plain", blob };
  expect(blobsIn(file)).toEqual([blob]);
  expect(withBlobs(file, (one) => ({ ...one, bytes: 2 }))).toEqual({ ...file, blob: { ...blob, bytes: 2 } });
  const poll: Body = { kind: "poll", question: "where\nto?", options: ["here"], multiple: false, anonymous: false };
  expect(summaryOf(poll)).toBe("where to?");
  expect(forwardOf(poll)).toEqual({ kind: "text", text: "where\nto?\n· here" });
  expect(blobsIn(poll)).toEqual([]);
  expect(blobsIn({ kind: "unknown" })).toEqual([]);
  expect(withBlobs(poll, (one) => one)).toBe(poll);
  const quote = { author: new Uint8Array(32), id: new Uint8Array(16), of: "text", words: "hi" };
  expect(forwardOf({ kind: "text", text: "yes", quote })).toEqual({ kind: "text", text: "yes" });
  expect(forwardOf({ kind: "leave" })).toBeUndefined();
  expect(textOf({ kind: "leave" })).toBeUndefined();
});
