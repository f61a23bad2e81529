/** Pins (docs/spec/actions.md AC9): up to three messages shown above the chat, for all members. */
import { type BodyOf, type Pin, pinLimits } from "@yanshu/content";
import { type Database, pinMarks } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureContext,
  type GroupFacts,
  type Hex,
  idFrom,
  type MessageRef,
  nameOf,
  type PersonRef,
  pack,
  unpack,
} from "../feature.ts";

export type PinView = MessageRef & {
  readonly from: PersonRef;
  readonly by: PersonRef;
  readonly atMs: number;
  readonly of: string;
  readonly words: string;
  readonly isHere: boolean;
};

type PinsApi = {
  /** Rejects with `not-allowed` if only admins may edit, `too-many-pins`, `unknown-message`. */
  readonly pin: (conversation: Hex, message: MessageRef, on: boolean) => Promise<void>;
};

/** The pinned message's short form, for a device that does not have the message. */
type PinMark = Omit<Pin, "author" | "id" | "stampMs">;

/** A pin belongs to nobody. */
const nobody = new Uint8Array();

/** @checks AC9 */
function mayPin({ kind, adminsOnlyEdit, leads }: GroupFacts, account: AccountId): boolean {
  return !kind.rules.isLed || !adminsOnlyEdit || leads(account);
}

/** The newest three that are on. */
function pinsIn(db: Database, conversation: ConversationId): readonly Pin[] {
  return pinMarks(db, conversation)
    .map(({ author, id, value, stamp_ms }) => ({ ...unpack<PinMark>(value), author, id, stampMs: stamp_ms }))
    .filter(({ on }) => on)
    .slice(0, pinLimits.pinsMax);
}

/**
 * Applies pins; in a group where only admins edit, only theirs count. Pins that are told again to new members only fill
 * in.
 */
function apply(
  { marks, setMark }: FeatureContext,
  conversation: ConversationId,
  group: GroupFacts | undefined,
  by: AccountId,
  { items, retold }: BodyOf<"pins">,
): void {
  // @checks AC9
  if (group === undefined || !mayPin(group, by)) return;
  for (const { author, id, stampMs, ...pin } of items) {
    if (retold && marks(conversation, { author, id }, "pin").length > 0) continue;
    const value = pack({ ...pin, by: retold ? pin.by : by } satisfies PinMark);
    setMark(conversation, { author, id }, { kind: "pin", by: nobody, key: "", value, stamp_ms: stampMs });
  }
}

type PinRow = { readonly author: Bytes; readonly id: Bytes; readonly value: Bytes; readonly is_here: number };

const pinsSql = `
  SELECT k.author, k.id, k.value, EXISTS (
    SELECT 1 FROM messages AS m
    WHERE m.conversation = k.conversation AND m.author = k.author AND m.id = k.id AND m.kind <> 'deleted'
  ) AS is_here
  FROM marks AS k WHERE k.conversation = ? AND k.kind = 'pin' ORDER BY k.stamp_ms DESC, k.id`;

export const pins = clientFeature({
  kinds: ["pins"],

  apply: {
    pins: (context, { conversation, group, by, body }) => apply(context, conversation, group, by, body),
  },

  /** The device that adds members tells them the pins; if it may not pin, an owner's device does. */
  retell: ({ db }, { conversation, group, by, isOurs, owns, arePeople }) => {
    const isForUs = arePeople && (mayPin(group, by) ? isOurs : owns);
    const items = isForUs ? pinsIn(db, conversation) : [];
    return items.length > 0 ? [{ kind: "pins", items, retold: true }] : [];
  },

  views: {
    /** At most three, the newest first. */
    pins: {
      topics: (conversation: Hex) => [`conversation:${conversation}`, "people"],
      read: ({ database, peopleIn }, conversation: Hex): readonly PinView[] => {
        const id = idFrom(conversation);
        if (id === undefined) return [];
        const people = peopleIn(id);
        return database
          .all<PinRow>(pinsSql, id)
          .map((row) => ({ row, pin: unpack<PinMark>(row.value) }))
          .filter(({ pin }) => pin.on)
          .slice(0, pinLimits.pinsMax)
          .map(({ row, pin }) => ({
            author: toHex(row.author),
            id: toHex(row.id),
            from: people.ref(toHex(row.author)),
            by: people.ref(toHex(pin.by)),
            atMs: pin.atMs,
            of: pin.of,
            words: pin.words,
            isHere: row.is_here === 1,
          }));
      },
    },
  },

  api: ({ db, nowMs, own, writable, group, message, quoteOf, say }): PinsApi => ({
    async pin(chat, ref, on) {
      const conversation = writable(chat);
      const name = nameOf(ref);
      const facts = group(conversation);
      // not a check: what the own screens ask for; others judge for themselves.
      if (facts === undefined || !mayPin(facts, own())) throw new ClientError("not-allowed");
      const held = pinsIn(db, conversation);
      const before = held.find((one) => equalBytes(one.author, name.author) && equalBytes(one.id, name.id));
      // not a check: a limit of the own screens.
      if (on && before === undefined && held.length >= pinLimits.pinsMax) throw new ClientError("too-many-pins");
      // The message need not be here to be unpinned: a new member may unpin one from before.
      const { of, words } = before ?? quoteOf(conversation, name);
      const atMs = before?.atMs ?? message(conversation, name).at_ms;
      const stampMs = Math.max(nowMs(), (before?.stampMs ?? 0) + 1);
      say(conversation, {
        kind: "pins",
        items: [{ ...name, by: own(), on, atMs, of, words, stampMs }],
        retold: false,
      });
    },
  }),
});
