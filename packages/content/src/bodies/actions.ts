/**
 * Bodies of what is done with a message (docs/spec/actions.md): quoting and naming people in a text,
 * recalling, editing, reacting, patting, forwarding, pinning; polls and lists that many write on. A message is
 * named by its author and its id (SY4).
 */
import {
  type AccountId,
  blob,
  bool,
  type ContentId,
  fixed,
  type Infer,
  idBytes,
  line,
  list,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import { linkCard } from "./cards.ts";

export const actionLimits = {
  /** UTF-16 units, as of a text. */
  textMax: 16_384,
  mentionsMax: 50,
  mentionUnitsMax: 80,
  /** What a quote repeats of the quoted. */
  quotedMax: 200,
  kindMax: 16,
  /** One emoji with its joiners. */
  emojiMax: 32,
  /** What follows the name of who is patted; ten Han, or a few Latin words. */
  patMax: 20,
  questionMax: 200,
  optionMax: 80,
  optionsMax: 12,
  chainNoteMax: 500,
  chainLineMax: 200,
  /** Lines that a list begins with, when it was made from a text. */
  chainSeedsMax: 100,
  recordItemsMax: 100,
  recordBytesMax: 400 * 1024,
  /** How deep a record may lie in records, itself included. */
  recordDepthMax: 3,
  nameMax: 64,
  pinsMax: 3,
  favouriteBytesMax: 440 * 1024,
} as const;

const account = fixed<AccountId>(idBytes.account);
const content = fixed<ContentId>(idBytes.content);

/** The units `at` to `at + length` of the text name `account`, or everybody when it is absent. */
const mention = struct({ at: uint(actionLimits.textMax), length: uint(actionLimits.mentionUnitsMax) }, { account });
export type Mention = Infer<typeof mention>;

/** The quoted message, its kind, and how it begins: enough for a reader who does not have it. */
const quote = struct({
  author: account,
  id: content,
  of: text(actionLimits.kindMax),
  words: text(actionLimits.quotedMax),
});
export type Quote = Infer<typeof quote>;

/** What a text may carry beside its words. */
export const textExtras = { quote, mentions: list(mention, actionLimits.mentionsMax), link: linkCard };

const message = { author: account, id: content };

const recordItem = struct(
  {
    /** As whoever forwards it knows them: a claim, not a signature. */
    name: line(actionLimits.nameMax),
    atMs: uint(),
    /** An encoded body; a record may lie in it. */
    body: blob(actionLimits.recordBytesMax),
  },
  /** Of what is only named, not carried: its kind. The body is empty then. */
  { of: text(actionLimits.kindMax) },
);
export type RecordItem = Infer<typeof recordItem>;

const pin = struct({
  ...message,
  by: account,
  on: bool,
  /** When it was said, its kind and how it begins: for whoever came later. */
  atMs: uint(),
  of: text(actionLimits.kindMax),
  words: text(actionLimits.quotedMax),
  stampMs: uint(),
});
export type Pin = Infer<typeof pin>;

/** What own devices tell each other: something kept, as it was when it was kept. */
export const favouriteItem = struct(
  { id: content, on: bool, stampMs: uint() },
  {
    name: line(actionLimits.nameMax),
    atMs: uint(),
    body: blob(actionLimits.favouriteBytesMax),
  },
);

export const actionBodies = {
  /** Of the sender's account: shall never have been said. */
  recall: struct({ id: content }),
  /** Of the sender's account: now reads so. */
  edit: struct(
    { id: content, text: text(actionLimits.textMax) },
    { mentions: list(mention, actionLimits.mentionsMax) },
  ),
  react: struct({ ...message, emoji: text(actionLimits.emojiMax), on: bool }),
  /** `suffix` is the patted one's own. */
  pat: struct({ who: account, suffix: line(actionLimits.patMax) }),
  poll: struct(
    {
      question: text(actionLimits.questionMax),
      options: list(text(actionLimits.optionMax), actionLimits.optionsMax),
      multiple: bool,
      /** Screens show counts alone. It is a courtesy: the votes are their voters' messages. */
      anonymous: bool,
    },
    { closesAtMs: uint() },
  ),
  /** None: taken back. */
  vote: struct({ ...message, choices: list(uint(actionLimits.optionsMax - 1), actionLimits.optionsMax) }),
  /** A list on which each line is a message of its author, so that none is lost. */
  chain: struct({
    title: text(actionLimits.questionMax),
    note: text(actionLimits.chainNoteMax),
    seeds: list(text(actionLimits.chainLineMax), actionLimits.chainSeedsMax),
  }),
  /** `key` names the line among its author's; without text it is taken out. */
  line: struct({ ...message, key: content, text: text(actionLimits.chainLineMax) }),
  record: struct({
    /** Between whom, as whoever forwards it knows them; empty: in a group. */
    names: list(line(actionLimits.nameMax), 2),
    items: list(recordItem, actionLimits.recordItemsMax),
  }),
  /** `retold`: by who added somebody, for them. */
  pins: struct({ items: list(pin, 2 * actionLimits.pinsMax), retold: bool }),
};
