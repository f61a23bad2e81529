/**
 * Note: text with signatures by several keys, in the C2SP signed-note format (https://c2sp.org/signed-note), which
 * tools of transparency logs use too (docs/spec/release.md RE2). Only Ed25519.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64Of, bytesOf, bytesOfHex, hexOf, utf8Of } from "./bytes.ts";

/** A key that may sign, decoded from `name+id+base64`. */
export type NoteKey = { readonly name: string; readonly id: string; readonly publicKey: Uint8Array };
export type Signature = { readonly name: string; readonly id: string; readonly bytes: Uint8Array };
export type Note = { readonly text: string; readonly signatures: readonly Signature[] };

/** A release names a few hundred files; a larger note is refused. */
const charsMax = 256 * 1024;
const signaturesMax = 16;
const ed25519Byte = 1;
const idBytes = 4;
const nameShape = /^[^\s+]{1,64}$/;
const line = /^— (\S+) (\S+)$/;
const secretPrefix = "PRIVATE+KEY+";

/** @returns undefined if the text is not in this format. */
export function readNote(note: string): Note | undefined {
  // @checks RE2
  if (note.length > charsMax || hasControl(note)) return undefined;
  const at = note.lastIndexOf("\n\n");
  // @checks RE2
  if (at === -1 || !note.endsWith("\n")) return undefined;
  const lines = note.slice(at + 2, -1).split("\n");
  // @checks RE2
  if (lines.length > signaturesMax) return undefined;
  const signatures = lines.map(signatureIn);
  // @checks RE2
  if (signatures.includes(undefined)) return undefined;
  return { text: note.slice(0, at + 1), signatures: signatures as Signature[] };
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}

function signatureIn(text: string): Signature | undefined {
  const [, name = "", base64 = ""] = line.exec(text) ?? [];
  const bytes = bytesOf(base64);
  if (!nameShape.test(name) || bytes === undefined || bytes.length <= idBytes) return undefined;
  return { name, id: hexOf(bytes.subarray(0, idBytes)), bytes: bytes.subarray(idBytes) };
}

export function isSignedBy(text: string, { bytes }: Signature, { publicKey }: NoteKey): boolean {
  try {
    // By RFC 8032 itself: no signature that another reader would refuse.
    return ed25519.verify(bytes, utf8Of(text), publicKey, { zip215: false });
  } catch {
    return false; // Of another length, or no point of the curve.
  }
}

/** @returns undefined where it is none. */
export function keyIn(verifier: string): NoteKey | undefined {
  const [name = "", id = "", base64 = ""] = split(verifier);
  const bytes = bytesOf(base64);
  if (!nameShape.test(name) || bytes?.length !== 33 || bytes[0] !== ed25519Byte) return undefined;
  const key = { name, id, publicKey: bytes.subarray(1) };
  return id === idOf(name, key.publicKey) ? key : undefined;
}

/** At the first two plus signs: base64 has them too. */
function split(text: string): readonly string[] {
  const [name = "", id = "", ...rest] = text.split("+");
  return [name, id, rest.join("+")];
}

function idOf(name: string, publicKey: Uint8Array): string {
  const bytes = new Uint8Array([...utf8Of(`${name}\n`), ...withAlgorithm(publicKey)]);
  return hexOf(sha256(bytes).subarray(0, idBytes));
}

/** @param seed 32 secret bytes. @returns the two forms of a key: one to keep to oneself, one to hand out. */
export function keyPair(name: string, seed: Uint8Array): { readonly secret: string; readonly verifier: string } {
  // not a check: a person chooses it when they make a key.
  if (!nameShape.test(name)) throw new Error("a key's name has no spaces and no plus");
  const publicKey = ed25519.getPublicKey(seed);
  const id = idOf(name, publicKey);
  return {
    secret: `${secretPrefix}${name}+${id}+${base64Of(withAlgorithm(seed))}`,
    verifier: `${name}+${id}+${base64Of(withAlgorithm(publicKey))}`,
  };
}

function withAlgorithm(bytes: Uint8Array): Uint8Array {
  const tagged = new Uint8Array(1 + bytes.length);
  tagged[0] = ed25519Byte;
  tagged.set(bytes, 1);
  return tagged;
}

/**
 * Adds a signature to a note, or to text that has none yet.
 *
 * @param secret as `keyPair` makes it. @throws where it is no such key, or the text cannot stand in a note.
 */
export function signNote(note: string, secret: string): string {
  const seed = seedIn(secret);
  if (seed === undefined) throw new Error("not a key that signs releases");
  const held = readNote(note);
  const text = held?.text ?? note;
  const [name = "", id = ""] = split(secret.slice(secretPrefix.length));
  const signature = base64Of(new Uint8Array([...bytesOfHex(id), ...ed25519.sign(utf8Of(text), seed)]));
  const signed = `${held === undefined ? `${text}\n` : note}— ${name} ${signature}\n`;
  // not a check: our own text, which the holder signs.
  if (readNote(signed)?.text !== text) throw new Error("this text cannot be signed as a note");
  return signed;
}

/** The form to hand out of a secret one. */
export function verifierOf(secret: string): string {
  const seed = seedIn(secret);
  if (seed === undefined) throw new Error("not a key that signs releases");
  return keyPair(split(secret.slice(secretPrefix.length))[0] ?? "", seed).verifier;
}

function seedIn(secret: string): Uint8Array | undefined {
  if (!secret.startsWith(secretPrefix)) return undefined;
  const [name = "", id = "", base64 = ""] = split(secret.slice(secretPrefix.length));
  const bytes = bytesOf(base64);
  if (!nameShape.test(name) || bytes?.length !== 33 || bytes[0] !== ed25519Byte) return undefined;
  const seed = bytes.subarray(1);
  return id === idOf(name, ed25519.getPublicKey(seed)) ? seed : undefined;
}
