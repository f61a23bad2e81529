/**
 * Archive: posts with their bodies, and what was said on them, as a device of the account keeps them in a file at home
 * for one that comes back by the card (docs/spec/vault.md VA40).
 */
import { type Bytes, blob, decodeAs, encodeAs, type Infer, list, literal, MalformedError, struct } from "@yanshu/wire";
import { account } from "../../fields/ids.ts";
import { momentLimits } from "./limits.ts";
import { audience, heldPost, word } from "./parts.ts";

const post = struct(
  {
    ...heldPost,
    signed: blob(momentLimits.bodyBytesMax + 64),
  },
  /** Of own ones. */
  { audience, told: list(account, momentLimits.peopleMax) },
);
const archive = struct({
  v: literal(1),
  posts: list(post, momentLimits.archivePostsMax),
  words: list(word, momentLimits.archiveWordsMax),
});
export type MomentArchive = Omit<Infer<typeof archive>, "v">;

/** @throws MalformedError when something of it is over its limits. */
export function encodeMomentArchive(value: MomentArchive): Bytes {
  return encodeAs(archive, { ...value, v: 1 });
}

/** Undefined where it is broken, or of a later version. */
export function decodeMomentArchive(bytes: Bytes): MomentArchive | undefined {
  try {
    const { v: _, ...rest } = decodeAs(archive, bytes, momentLimits.archiveBytesMax);
    return rest;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
