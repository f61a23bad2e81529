/**
 * Said: what a bot answers, or says by a call later, as what is said in the chat (docs/spec/bridge.md PA35). Both forms
 * of WeChat's interface lead to the same: XML in the answer to a message, JSON in a call.
 */
import type { ServiceForm } from "@yanshu/client";
import { serviceLimits } from "@yanshu/content";
import { childOf, type Element, textAt } from "./xml.ts";

export type Said =
  | { readonly kind: "text"; readonly text: string; readonly link?: { readonly url: string; readonly title: string } }
  | { readonly kind: "media"; readonly id: string }
  | { readonly kind: "form"; readonly form: ServiceForm }
  /** A person is to answer: the chat is left to the account's owner. */
  | { readonly kind: "hand-over" };

/** Undefined where the bot says a thing that has no form here. */
export type Sayings = readonly Said[] | undefined;

type NewsItem = { readonly title: string; readonly description: string; readonly url: string };

/** Of the text of a message. */
const textMax = 16_000;
const titleMax = 200;
const urlMax = 2_000;

function texts(words: string): readonly Said[] {
  const said: Said[] = [];
  for (let rest = words.trim(); rest !== ""; rest = rest.slice(textMax))
    said.push({ kind: "text", text: rest.slice(0, textMax).toWellFormed() });
  return said;
}

/** Title, summary and address, each on a line; the first one's address shows its card. */
function news(items: readonly NewsItem[]): readonly Said[] {
  const words = items.map(({ title, description, url }) => [title, description, url].filter(Boolean).join("\n"));
  const [text, ...more] = texts(words.join("\n\n"));
  const [first] = items;
  if (text?.kind !== "text" || first === undefined) return [];
  const isLinked = /^https?:\/\/[^\s/]/i.test(first.url) && first.url.length <= urlMax && first.title !== "";
  const isWhole = isLinked && text.text.includes(first.url) && !/[\s<>"]/.test(first.url);
  const link = isWhole ? { link: { url: first.url, title: first.title.slice(0, titleMax).toWellFormed() } } : {};
  return [{ ...text, ...link }, ...more];
}

const lines = (...parts: readonly string[]) => texts(parts.filter(Boolean).join("\n"));

const media = (id: string, title = "", description = ""): Sayings =>
  id === "" ? undefined : [{ kind: "media", id }, ...lines(title, description)];

export function saidInXml(xml: Element): Sayings {
  const text = (...path: readonly string[]) => textAt(xml, ...path);
  switch (text("MsgType")) {
    case "text":
      return texts(text("Content"));
    case "image":
      return media(text("Image", "MediaId"));
    case "voice":
      return media(text("Voice", "MediaId"));
    case "video":
      return media(text("Video", "MediaId"), text("Video", "Title"), text("Video", "Description"));
    case "music":
      return lines(text("Music", "Title"), text("Music", "Description"), text("Music", "MusicUrl"));
    case "news":
      return news(
        (childOf(xml, "Articles")?.children ?? []).map((item) => ({
          title: textAt(item, "Title"),
          description: textAt(item, "Description"),
          url: textAt(item, "Url"),
        })),
      );
    case "transfer_customer_service":
      return [{ kind: "hand-over" }];
    default:
      return undefined;
  }
}

export type Json = { readonly [name: string]: unknown };

const objectIn = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const listIn = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectIn) : []);
export const wordsIn = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

/** @param body of `message/custom/send`. */
export function saidInJson(body: Json): Sayings {
  const kind = wordsIn(body["msgtype"]);
  const one = objectIn(body[kind]);
  const words = (name: string) => wordsIn(one[name]);
  switch (kind) {
    case "text":
      return texts(words("content"));
    case "image":
    case "voice":
      return media(words("media_id"));
    case "video":
      return media(words("media_id"), words("title"), words("description"));
    case "music":
      return lines(words("title"), words("description"), words("musicurl"));
    case "news":
      return news(
        listIn(one["articles"]).map((item) => ({
          title: wordsIn(item["title"]),
          description: wordsIn(item["description"]),
          url: wordsIn(item["url"]),
        })),
      );
    case "msgmenu":
      return lines(
        words("head_content"),
        ...listIn(one["list"]).map((item) => `· ${wordsIn(item["content"])}`),
        words("tail_content"),
      );
    default:
      return undefined;
  }
}

const cut = (words: string, max: number) => words.slice(0, max).toWellFormed();

/**
 * @param body of `message/template/send`: rows of words, and an address. The template's own text lies at WeChat, so the
 *   first row is the title where it is called so.
 */
export function saidInTemplate(body: Json): Sayings {
  const rows = Object.entries(objectIn(body["data"])).map(([name, row]) => ({
    name: /^(?:first|remark|keyword\d*)$/.test(name) ? "" : cut(name, serviceLimits.rowNameMax),
    words: cut(wordsIn(objectIn(row)["value"]), serviceLimits.rowWordsMax),
    isFirst: name === "first",
  }));
  const said = rows.filter(({ words }) => words !== "");
  const title = said.find(
    ({ isFirst, words }) => isFirst && !words.includes("\n") && words.length <= serviceLimits.titleMax,
  );
  const shown = said.filter((row) => row !== title).map(({ name, words }) => ({ name, words }));
  if (title === undefined && shown.length === 0) return [];
  const url = wordsIn(body["url"]);
  const form: ServiceForm = {
    title: title?.words ?? "通知",
    rows: shown.slice(0, serviceLimits.rowsMax),
    ...(isLink(url) ? { url } : {}),
  };
  return [{ kind: "form", form }, ...lines(...shown.slice(serviceLimits.rowsMax).map(({ words }) => words))];
}

const isLink = (url: string) =>
  url.length <= serviceLimits.urlMax && URL.canParse(url) && new URL(url).protocol === "https:";
