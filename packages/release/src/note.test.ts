/** Signed notes: those of others are read, ours are read by others, and nothing else is a note. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { isSignedBy, keyIn, keyPair, readNote, signNote, verifierOf } from "./note.ts";

// From the documentation of golang.org/x/mod/sumdb/note, which this form comes from.
const neumann = {
  secret: "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
  verifier: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
};

test("[RE2] a note of other tools is read and its signature holds, and ours is theirs to the byte", () => {
  const note = readNote(`${neumann.text}\n${neumann.line}`);
  const key = keyIn(neumann.verifier);
  if (note === undefined || key === undefined) throw new Error("not read");
  expect(note.text).toBe(neumann.text);
  expect(note.signatures.map((one) => isSignedBy(note.text, one, key))).toEqual([true]);
  expect(signNote(neumann.text, neumann.secret)).toBe(`${neumann.text}\n${neumann.line}`);
  expect(verifierOf(neumann.secret)).toBe(neumann.verifier);
});

test("[RE2] whatever text somebody signs comes back as it was, under each of its signatures, and under no other text", () => {
  const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replaceAll(/\p{Cc}/gu, ""));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (lines, seed) => {
        const text = `${lines.join("\n")}\n`;
        const [ann, ben] = [keyPair("Ann", seed), keyPair("Ben", seed.toReversed())];
        const note = readNote(signNote(signNote(text, ann.secret), ben.secret));
        expect(note?.text).toBe(text);
        for (const [at, { verifier }] of [ann, ben].entries()) {
          const [key, signature] = [keyIn(verifier), note?.signatures[at]];
          if (key === undefined || signature === undefined) throw new Error("not read");
          expect(isSignedBy(text, signature, key)).toBe(true);
          expect(isSignedBy(`${text}x`, signature, key)).toBe(false);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("[RE2] what is no note is none", () => {
  const good = `text\n\n${neumann.line}`;
  expect(readNote(good)).toBeDefined();
  const broken = {
    "no signature": "text\n",
    "no blank line": `text\n${neumann.line}`,
    "no end of line": good.slice(0, -1),
    "another end than that of a line": `${good.slice(0, -1)}x`,
    "no text before the signature": `x${neumann.line}`,
    "another dash": good.replace("—", "-"),
    "a control character": good.replace("text", "te\rxt"),
    "base64 in another form": good.replace("AM=\n", "AN=\n"),
    "no base64": good.replace("x08", "!08"),
    "a name with a plus": good.replace("PeterNeumann", "Peter+Neumann"),
    "a signature of nothing": "text\n\n— Peter x08gow==\n",
    "too many signatures": `text\n\n${neumann.line.repeat(17)}`,
    "too much of it": `${"x".repeat(300_000)}\n\n${neumann.line}`,
  };
  for (const [what, note] of Object.entries(broken)) expect([what, readNote(note)]).toEqual([what, undefined]);
});

test("[RE2] what is no key is none, and signs nothing", () => {
  const broken = [
    "",
    "PeterNeumann",
    neumann.verifier.replace("c74f20a3", "c74f20a4"),
    neumann.verifier.replace("PeterNeumann", "Ann"),
    neumann.verifier.replace("+ARp", "+BRp"),
    neumann.verifier.slice(0, -4),
    neumann.verifier.replace("Peter", "Peter "),
  ];
  for (const one of broken) expect([one, keyIn(one)]).toEqual([one, undefined]);
  for (const one of [
    "",
    neumann.verifier,
    neumann.secret.replace("c74f20a3", "c74f20a4"),
    neumann.secret.slice(0, -4),
  ]) {
    expect(() => signNote("text\n", one)).toThrow();
    expect(() => verifierOf(one)).toThrow();
  }
  expect(() => signNote("no end of line", neumann.secret)).toThrow();
  expect(() => keyPair("with space", new Uint8Array(32))).toThrow();
});
