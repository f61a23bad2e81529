/** Converts the bytes in a release to text and back. */
import { sha256 } from "@noble/hashes/sha2.js";

const utf8 = new TextEncoder();

export function sha256Hex(text: string | Uint8Array): string {
  return hexOf(sha256(typeof text === "string" ? utf8.encode(text) : text));
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Returns undefined unless the text is canonical base64 with padding. */
export function bytesOf(base64: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return base64Of(bytes) === base64 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

export function utf8Of(text: string): Uint8Array {
  return utf8.encode(text);
}

export function base64OfHex(hex: string): string {
  return base64Of(Uint8Array.from(bytesOfHex(hex)));
}

export function bytesOfHex(hex: string): readonly number[] {
  return (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
}
