/** How a file reads to a program: what only people read, and where its lines break, changes nothing of it. */
import { createHash } from "node:crypto";
import { parseSync } from "oxc-parser";

/** @returns a hash of the source without comments, blanks, and commas before what closes. */
export function digestOfCode(path: string, source: string): string {
  const { comments } = parseSync(path, source);
  const code = [...comments].reverse().reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), source);
  const plain = code.replaceAll(/\s+/g, "").replaceAll(/,([)\]}>])/g, "$1");
  return createHash("sha256").update(plain).digest("base64url");
}
