/**
 * By which R a word on a post opens (docs/spec/moments.md MO8): none that did not open it is tried again, or a friend
 * who comments without end, and lays words that nobody opens, would have each look work for minutes (MO171).
 */
import { type Database, type MomentRow, readMomentWords } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { openWord, type SignedWord } from "./sealed.ts";

/**
 * By what words on a post may open: by nothing, and by R of comments, in the order in which they came. And of each
 * word that did not, by which value that stood there, and up to which of these.
 */
type Replies = (Bytes | "gone" | undefined)[];
type RepliesKept = {
  readonly of: Map<string, { written: number; readonly all: Replies; readonly at: Map<string, number> }>;
  readonly tried: Map<string, { readonly of: string; readonly upTo: number }>;
};
const repliesHeld = new WeakMap<Database, RepliesKept>();
function repliesKept(db: Database): RepliesKept {
  const kept = repliesHeld.get(db) ?? { of: new Map(), tried: new Map() };
  repliesHeld.set(db, kept);
  return kept;
}

/** What did not open that is kept in memory, and posts with their R: beyond it all begins anew. */
const [triedMax, postsTriedMax] = [16_384, 512];
/** R that are tried of one author on one post: the newest. */
const repliesMax = 200;

function repliesTo(db: Database, post: Bytes): Replies {
  const kept = repliesKept(db);
  const written = db.written("moment_words");
  if (kept.of.size > postsTriedMax || kept.tried.size > triedMax) {
    kept.of.clear();
    kept.tried.clear();
  }
  const held = kept.of.get(toHex(post)) ?? { written: -1, all: [undefined], at: new Map<string, number>() };
  kept.of.set(toHex(post), held);
  if (held.written === written) return held.all;
  const comments = readMomentWords(db, post).filter(({ kind, state }) => kind === "comment" && state !== "gone");
  const newest = Array.from(Map.groupBy(comments, ({ author }) => toHex(author)).values(), (some) =>
    some.slice(-repliesMax),
  ).flat();
  const now = new Map(newest.map(({ reply }) => [toHex(reply), reply]));
  for (const [reply, at] of held.at)
    if (!now.has(reply)) {
      held.all[at] = "gone";
      held.at.delete(reply);
    }
  for (const [key, reply] of now)
    if (!held.at.has(key)) {
      held.at.set(key, held.all.length);
      held.all.push(reply);
    }
  held.written = written;
  return held.all;
}

/** Undefined: by none that is here. */
export async function openedBy(
  { db, rooms }: FeatureContext,
  log: Bytes,
  name: Bytes,
  value: Bytes,
  posts: readonly MomentRow[],
): Promise<SignedWord | undefined> {
  for (const { id, secret } of posts) {
    const replies = repliesTo(db, id);
    const { tried } = repliesKept(db);
    const [key, of] = [`${toHex(id)} ${toHex(log)} ${toHex(name)}`, toHex(value.subarray(0, 28))];
    const held = tried.get(key);
    // What did not open by one R does not by the same.
    for (let at = held?.of === of ? held.upTo : 0; at < replies.length; at++) {
      const reply = replies[at];
      if (reply === "gone") continue;
      const word = await openWord(rooms.crypto, log, name, value, secret, reply);
      if (word === undefined) continue;
      tried.set(key, { of, upTo: at });
      return word;
    }
    tried.set(key, { of, upTo: replies.length });
  }
  return undefined;
}
