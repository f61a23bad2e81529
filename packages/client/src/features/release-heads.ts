/**
 * Heads of the log of releases, which friends tell each other, so that a log that is shown to some people alone is seen
 * (docs/spec/release.md RE20). The screens, which have the app's own log, compare them.
 */
import { releaseHeadLimits } from "@yanshu/content";
import { type Database, readContact, readConversations, readMeta, writeMeta } from "@yanshu/store";
import { type AccountId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import { atMost, clientFeature, type Hex, pack, type ReadContext, unpack } from "../feature.ts";

/**
 * `told`: chats in which `own` was said. `grown`: what was said of its growth, and in which chat. `heard`: the last
 * ones of each friend, the latest last.
 */
type Heads = {
  readonly own: string;
  readonly told: readonly Hex[];
  readonly grown?: readonly (readonly [chat: Hex, words: string])[];
  readonly heard: readonly (readonly [account: Hex, head: string])[];
};

const heardMax = 512;
/** Each of a friend's devices may keep another log, and one says nothing against what another said. */
const ofEachMax = 4;

/** A stranger who asks to be a friend is none, and neither is somebody who was one. */
const isFriend = (db: Database, account: AccountId) => readContact(db, account)?.state === "contact";

function headsIn(db: Database): Heads {
  const held = readMeta(db, "release-heads");
  return held === undefined ? { own: "", told: [], heard: [] } : unpack<Heads>(held);
}

type Grown = readonly (readonly [theirs: string, words: string])[];

type ReleaseHeadsApi = {
  /**
   * Tells the friends who do not know it yet. Rejects with `too-long`.
   *
   * @param grown how it grew, for a friend of whom `theirs` was heard; of several the first (RE27).
   */
  readonly tellReleaseHead: (head: string, grown?: Grown) => Promise<void>;
};

export const releaseHeads = clientFeature({
  kinds: ["releaseHead"],

  apply: {
    releaseHead: ({ db, directs, changed }, { by, conversation, body }) => {
      // @checks RE20
      if (!equalBytes(conversation, directs.with(by)) || !isFriend(db, by)) return;
      const { heard, ...rest } = headsIn(db);
      const [account, held] = [toHex(by), heard.filter(([one]) => isFriend(db, fromHex(one)))];
      const theirs = held.filter(([one, head]) => one === account && head !== body.head);
      const next = [...theirs, [account, body.head] as const].slice(-ofEachMax);
      const others = held.filter(([one]) => one !== account);
      writeMeta(db, "release-heads", pack({ ...rest, heard: [...others, ...next].slice(-heardMax) }));
      changed("release-heads");
    },
  },

  views: {
    /** What friends' apps keep, each once. */
    releaseHeads: {
      topics: () => ["release-heads"],
      read: ({ database }: ReadContext): readonly string[] => [
        ...new Set(
          headsIn(database)
            .heard.filter(([account]) => isFriend(database, fromHex(account)))
            .map(([, head]) => head),
        ),
      ],
    },
  },

  api: ({ db, directs, kindOf, sayInEach }): ReleaseHeadsApi => ({
    async tellReleaseHead(head, grown = []) {
      const own = atMost(head, releaseHeadLimits.headMax);
      for (const [, words] of grown) atMost(words, releaseHeadLimits.headMax);
      const before = headsIn(db);
      const isSame = before.own === own;
      const told = isSame ? before.told : [];
      const toldGrown = new Map(isSame ? before.grown : []);
      const open = readConversations(db)
        .filter(({ kind, state }) => kindOf(kind).hasPeer && state === "open")
        .map(({ conversation }) => conversation);
      const due = open.filter((conversation) => !told.includes(toHex(conversation)));
      const grownFor = grownByChat(before, grown, (account) => toHex(directs.with(account)));
      // @checks RE27
      const dueGrown = open.flatMap((conversation) => {
        const [chat, words] = [toHex(conversation), grownFor.get(toHex(conversation))];
        return words === undefined || toldGrown.get(chat) === words ? [] : [{ conversation, chat, words }];
      });
      if (due.length === 0 && dueGrown.length === 0) return;
      // Who is told twice, where this ends between the two, hears nothing new.
      if (due.length > 0) sayInEach(due, { kind: "releaseHead", head: own });
      for (const { conversation, chat, words } of dueGrown) {
        sayInEach([conversation], { kind: "releaseHead", head: words });
        toldGrown.set(chat, words);
      }
      const next = { ...headsIn(db), own, told: [...told, ...due.map(toHex)], grown: [...toldGrown] };
      db.transaction(() => writeMeta(db, "release-heads", pack(next)));
    },
  }),
});

/** The first of the growths that is from a head of this friend, for the chat with each. */
function grownByChat({ heard }: Heads, grown: Grown, chatWith: (account: AccountId) => Hex): ReadonlyMap<Hex, string> {
  const first = new Map<Hex, string>();
  for (const [theirs, words] of grown)
    for (const [account, head] of heard) if (head === theirs && !first.has(account)) first.set(account, words);
  return new Map([...first].map(([account, words]) => [chatWith(fromHex(account)), words]));
}
