/** The squares of a code: as few as an old camera, or one across a room, reads (docs/spec/web.md WE56). */
import { encode, type QrCodeGenerateResult } from "uqr";

/** 57 squares a side. */
const versionMax = 10;
/** The more of a code may be hidden, the better; the seal in its middle hides 3 %. */
const levels = ["H", "Q", "M"] as const;

/** @param border of how many squares the quiet frame is. */
export function codeOf(text: string, border: number): QrCodeGenerateResult {
  for (const ecc of levels) {
    const code = encode(text, { ecc, border });
    if (code.version <= versionMax) return code;
  }
  return encode(text, { ecc: "L", border });
}
