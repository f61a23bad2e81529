/** The modules of a QR code: few enough for an old camera, or one across a room (docs/spec/web.md WE56). */
import { encode, type QrCodeGenerateResult } from "uqr";

/** 57 modules a side. */
const versionMax = 10;
/** Levels of error correction, the strongest first; the logo in the middle hides 3 % of the code. */
const levels = ["H", "Q", "M"] as const;

/** @param border width of the quiet zone in modules. */
export function codeOf(text: string, border: number): QrCodeGenerateResult {
  for (const ecc of levels) {
    const code = encode(text, { ecc, border });
    if (code.version <= versionMax) return code;
  }
  return encode(text, { ecc: "L", border });
}
