/** Release: the files of a version of the app, its signatures, and checking both. Imports no other package of ours. */
export { bodyOf, compareVersions, noteFile, proofFile, type Release, releaseIn } from "./body.ts";
export { base64OfHex, sha256Hex } from "./bytes.ts";
export { carrierFile, carrierPolicy, isLoopback } from "./carrier.ts";
export { checkRelease, type Difference, differences, type Keys, type Seen, type Verdict } from "./check.ts";
export { checkHandedOut } from "./handed-out.ts";
export { securityHeaders, typeOfFile } from "./headers.ts";
export {
  besideLog,
  checkLogged,
  checkpointOf,
  entryOf,
  growthsBeside,
  headIn,
  headOf,
  type Log,
  proofText,
  type Viewed,
  versionIn,
  viewIn,
} from "./log.ts";
export { keyPair, readNote, signNote, verifierOf } from "./note.ts";
export { type Pinned, pinned } from "./pinned.ts";
export { programFrame, programFrames, webxdcFrame } from "./program-frame.ts";
export { seenIn, seenText } from "./seen.ts";
