/**
 * Fields of texts: whom they name, what they quote, and what a link in them leads to (docs/spec/actions.md AC1, AC15).
 */
import { blob, type Infer, line, list, struct, text, uint } from "@yanshu/wire";
import { account, content, fieldLimits } from "./ids.ts";

export const textLimits = {
  mentionsMax: 50,
  mentionUnitsMax: 80,
  /** What a quote or a pin repeats of the message. */
  quotedMax: 200,
} as const;

export const linkLimits = {
  urlMax: 2_000,
  titleMax: 200,
  /** A small square, drawn by the sender. */
  thumbBytesMax: 16 * 1024,
} as const;

/** The units `at` to `at + length` of the text name `account`, or everybody when it is absent. */
const mention = struct({ at: uint(fieldLimits.textMax), length: uint(textLimits.mentionUnitsMax) }, { account });
export type Mention = Infer<typeof mention>;
export const mentions = list(mention, textLimits.mentionsMax);

/** A message's kind, and how it begins: enough for a reader who does not have it. */
export const beginning = { of: text(fieldLimits.kindMax), words: text(textLimits.quotedMax) };

export const quote = struct({ author: account, id: content, ...beginning });
export type Quote = Infer<typeof quote>;

/**
 * As the sender's device knew it. `url` stands in the text that carries it. Nobody fetches it but a reader who follows
 * it.
 */
export const linkCard = struct(
  { url: text(linkLimits.urlMax), title: line(linkLimits.titleMax) },
  { thumb: blob(linkLimits.thumbBytesMax) },
);
export type LinkCard = Infer<typeof linkCard>;
