/**
 * Moments 朋友圈 (docs/spec/moments.md MO): what two friends tell each other in their chat, and what own devices tell
 * one another. Posts and words travel in holes (HO), sealed.
 */
import {
  type Bytes,
  blob,
  bool,
  decodeAs,
  encodeAs,
  fixed,
  line,
  list,
  MalformedError,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import { contentFeature, signal, synced } from "../../feature.ts";
import { account, device } from "../../fields/ids.ts";
import { blobRef } from "../../fields/media.ts";
import { link, picture, place as spot, video } from "./body.ts";
import { momentLimits } from "./limits.ts";
import { audience, gap, heldPost, type MomentAudience, takenBack, waiting, word } from "./parts.ts";

export type { MomentAudience } from "./parts.ts";

const key = fixed(momentLimits.keyBytes);
const name = fixed(momentLimits.nameBytes);
/** Where cells to a friend go on. */
const place = uint(momentLimits.placeMax);
const heads = list(name, momentLimits.headsAhead);

/** A cell as it is sealed: what a friend is told at one of their places. */
const cell = struct({ kind: uint(255), flags: uint(255), day: uint(0xffff), payload: fixed(64) });

/** @throws MalformedError when something of it is over its limits. */
export function encodeAudience(value: MomentAudience): Bytes {
  return encodeAs(audience, value);
}

/** Undefined when this version does not know it. */
export function decodeAudience(bytes: Bytes): MomentAudience | undefined {
  try {
    return decodeAs(audience, bytes, momentLimits.audienceBytesMax);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

export const moments = contentFeature({
  bodies: {
    /**
     * One friend to another: by `way` they find what is told to them alone, `log` opens what the sender says on posts,
     * and `heads` are the places where it goes on. `asks`: the sender has lost what they were told. `place`: what is
     * told to them from now on stands there, and beyond. `home`: of the sender's account, where its leaves in the chat
     * may name another.
     */
    moments: signal(
      struct(
        { way: key, generation: uint(), log: key, heads },
        { asks: bool, place, home: line(momentLimits.homeMax) },
      ),
    ),
    /** Something did not come of what the other told: it is told again. `names`: of holes whose bodies are false. */
    momentsGap: signal(struct({}, { names: list(name, momentLimits.gapNamesMax) })),
    /** The answer: the newest cells that were told to this friend, and where their way and the log go on. */
    momentsAgain: signal(struct({ cells: list(cell, momentLimits.askedMax), log: key, heads }, { place })),
  },
  synced: {
    /** M: of it all ways and places of this account are made (MO1). The higher generation counts, then the stamp. */
    momentRoot: synced(
      struct({ root: key, generation: uint(), stampMs: uint(), devices: list(device, momentLimits.devicesMax) }),
    ),
    /** L: a log of this account, and who was told of it. */
    momentLog: synced(
      struct({ key, root: key, generation: uint(), sinceMs: uint(), told: list(account, momentLimits.peopleMax) }),
    ),
    /** What a person decides for all friends. */
    momentSettings: synced(struct({ isOn: bool, days: uint(), seenMs: uint(), fedMs: uint(), stampMs: uint() })),
    /** What a person decides about one friend. */
    momentFriend: synced(struct({ account, chatsOnly: bool, hidesMine: bool, hidesTheirs: bool, stampMs: uint() })),
    /** Up to where places for cells are spent, each on the way of this account to `account` (MO4). */
    momentPlaces: synced(struct({ places: list(struct({ account, way: key, place }), momentLimits.handedMax) })),
    /** How far one friend was read, for a device that comes later; and their `home`, where they named one (MO71). */
    momentTold: synced(
      struct(
        {
          account,
          ways: list(struct({ way: key, generation: uint(), next: uint() }), momentLimits.waysMax),
          logs: list(struct({ key, heads }), momentLimits.waysMax),
        },
        { home: line(momentLimits.homeMax) },
      ),
    ),
    /** Posts of friends that were read: their bodies are at home. */
    momentHeld: synced(
      struct({
        posts: list(struct(heldPost), momentLimits.handedMax),
      }),
    ),
    /** What was said on posts. */
    momentSaid: synced(
      struct({
        words: list(word, momentLimits.handedMax),
      }),
    ),
    /** What did not come, or not whole: a device that comes later looks for it too (MO80, MO81). */
    momentUnread: synced(
      struct({
        words: list(waiting, momentLimits.handedMax),
        takenBack: list(takenBack, momentLimits.handedMax),
        gaps: list(gap, momentLimits.handedMax),
      }),
    ),
    /**
     * Where the archive of Moments lies (VA40), and the SHA-256 of what is in it: what is another thing is not read,
     * nor is one without. `made`: at which incarnation of home, and since when the account was there. The later stamp
     * counts.
     */
    momentArchive: synced(
      struct(
        { blob: blobRef, stampMs: uint() },
        { hash: fixed(32), made: struct({ incarnation: fixed(16), sinceMs: uint() }) },
      ),
    ),
    /**
     * A post that is begun, and was left to be gone on with (MO100): what it has when it is posted. Without `begun` it
     * was posted, or thrown away. The later stamp holds.
     */
    momentDraft: synced(
      struct(
        { stampMs: uint() },
        {
          begun: struct(
            { text: text(momentLimits.textMax), pictures: list(picture, momentLimits.picturesMax), audience },
            { video, link, place: spot },
          ),
        },
      ),
    ),
    /** An own post. Without a body it is gone. */
    moment: synced(
      struct(
        /** `name`: of the hole that its body begins in. */
        { secret: key, name, atMs: uint(), stampMs: uint() },
        {
          signed: blob(momentLimits.bodyBytesMax + 64),
          audience,
          told: list(account, momentLimits.peopleMax),
        },
      ),
    ),
  },
});
