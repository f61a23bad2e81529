/**
 * Test keys, derived from public sentences in this file, so that tests and a checkout can sign. Their signatures prove
 * nothing (docs/spec/release.md RE6).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { releaseIn } from "../body.ts";
import { sha256Hex, utf8Of } from "../bytes.ts";
import { entryOf, headOf, proofText } from "../log.ts";
import { keyPair, signNote } from "../note.ts";

export const testKeys = [1, 2, 3].map((n) =>
  keyPair(`test-${n}.yanshu.example`, sha256(utf8Of(`yanshu release test key ${n}: proves nothing`))),
);

/** A release's text with the signatures of so many of the test keys. */
export function signedByTestKeys(body: string, keys: number): string {
  return testKeys.slice(0, keys).reduce((note, { secret }) => signNote(note, secret), body);
}

export const testLogKey = keyPair("test-log.yanshu.example", sha256(utf8Of("yanshu release test log: proves nothing")));

/**
 * The proof of the test log that a release stands in it.
 *
 * @param before the entries ahead of it. @param after those behind it.
 */
export function loggedByTestKey(body: string, before: readonly string[] = [], after: readonly string[] = []): string {
  const entries = [...before, entryOf(releaseIn(body)?.version ?? "", sha256Hex(body)), ...after];
  const checkpoint = signNote(headOf(entries, testLogKey), testLogKey.secret);
  return proofText({ entries, index: before.length, checkpoint });
}
