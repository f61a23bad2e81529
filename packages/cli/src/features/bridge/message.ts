/**
 * Messages as the bot reads them: what a person said, in the fields of WeChat's interface (docs/spec/bridge.md PA31).
 * The bot has no id of an account: a person is an openid, and a message a number that is the same each time it is told.
 */
import { createHash, createHmac } from "node:crypto";
import type { Hex, TimelineItem } from "@yanshu/client";
import type { Scene } from "./scenes.ts";
import type { Fields } from "./xml.ts";

const openidLength = 28;

/**
 * A pseudonym for this account alone: another account that the same person writes to has another one.
 *
 * @param key the bridge's own, which the program has not.
 */
export const openidOf = (key: string, person: Hex): string =>
  `o${createHmac("sha256", key)
    .update(person)
    .digest("base64url")
    .slice(0, openidLength - 1)}`;

/** What WeChat calls the account itself, by its original id. */
export const originalIdOf = (secret: string): string =>
  `gh_${createHmac("sha256", secret).update("account").digest("hex").slice(0, 12)}`;

/** 63 bits in decimal, as WeChat's ids are. Bots tell by it that they saw a message before. */
export function messageIdOf({ from, id }: Pick<TimelineItem, "from" | "id">, part: number): string {
  const hash = createHash("sha256").update(`${from.account}/${id}/${part}`).digest();
  return `${hash.readBigUInt64BE() >> 1n}`;
}

/** A file as it stands on the shelf. */
export type Shelved = { readonly id: string; readonly url: string; readonly format: string };

const event = (name: string, key: string): Fields => ({ MsgType: "event", Event: name, EventKey: key });

/** Somebody follows the account, perhaps by a code that its program made. */
export const subscribed = (by: Scene | undefined): Fields =>
  by === undefined ? event("subscribe", "") : { ...event("subscribe", `qrscene_${by.scene}`), Ticket: by.ticket };

/** What a key is to the bot: one of a button, of a code, or none. */
export type Keys = {
  /** Whether a button of the bot's menu has it. */
  readonly isOfButton: (key: string) => boolean;
  readonly sceneOf: (key: string) => Scene | undefined;
};

const textMessage = (words: string): Fields => ({ MsgType: "text", Content: words });

const scaleOfStreet = 15;

/**
 * What one message is to the bot, in order; mostly one message. What WeChat's interface has no form for comes as a
 * text.
 *
 * @param files those of the message that are on the shelf, in its order. @param line the message as one line of words.
 */
export function messagesOf(
  body: TimelineItem["body"],
  files: readonly Shelved[],
  line: string,
  { isOfButton, sceneOf }: Keys,
): readonly Fields[] {
  const [first] = files;
  switch (body.kind) {
    case "text": {
      const { text, link } = body;
      if (link === undefined || text.trim() !== link.url) return [textMessage(text)];
      return [{ MsgType: "link", Title: link.title, Description: "", Url: link.url }];
    }
    case "photos": {
      if (files.length < body.pictures.length) return [textMessage(line)];
      const pictures = files.map(({ id, url }): Fields => ({ MsgType: "image", PicUrl: url, MediaId: id }));
      return body.caption === "" ? pictures : [...pictures, textMessage(body.caption)];
    }
    case "voice":
      if (first === undefined) return [textMessage(line)];
      return [{ MsgType: "voice", MediaId: first.id, Format: first.format }];
    case "video":
      if (first === undefined) return [textMessage(line)];
      return [{ MsgType: "video", MediaId: first.id, ThumbMediaId: first.id }];
    case "location": {
      const { lat, lon, name } = body;
      if (lat === undefined || lon === undefined) return [textMessage(name)];
      return [{ MsgType: "location", Location_X: lat, Location_Y: lon, Scale: scaleOfStreet, Label: name }];
    }
    case "servicePress": {
      const scanned = sceneOf(body.key);
      if (scanned !== undefined) return [{ ...event("SCAN", scanned.scene), Ticket: scanned.ticket }];
      // A bot trusts a key, since at WeChat it comes from its own buttons and codes alone. @checks PA16
      if (!isOfButton(body.key)) return [textMessage(body.words)];
      return [event("CLICK", body.key)];
    }
    default:
      return [textMessage(line)];
  }
}
