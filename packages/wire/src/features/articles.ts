/**
 * Articles of public accounts 公众号 (docs/spec/articles.md): one more kind of entry in the public log of a channel. An
 * article is made of blocks; there is no markup language in it, so that nothing of it is ever run or loaded.
 */
import { MalformedError, unlessMalformed } from "../bytes.ts";
import { hash } from "../call.ts";
import { bodyOf, type ChannelEntrySaid } from "../public/entries.ts";
import { extensions, type Infer, line, list, oneOf, type Schema, struct, text, uint } from "../schema.ts";

export const articleLimits = {
  titleMax: 64,
  authorMax: 32,
  summaryMax: 120,
  blocksMax: 400,
  /** Of one block. */
  textMax: 4_000,
  spansMax: 64,
  linkMax: 500,
  picturesMax: 35,
  /** A reader holds one as a whole. */
  pictureBytesMax: 8 << 20,
  buttonsMax: 3,
  buttonWordsMax: 16,
} as const;

/** An address that a tap may open. */
const address: Schema<string> = {
  check: (value, path) => {
    const checked = line(articleLimits.linkMax).check(value, path);
    // @checks PA4
    if (!/^https:\/\/[^\s/?#@\\]+(?:[/?#]\S*)?$/.test(checked)) throw new MalformedError(`${path}: no https address`);
    return checked;
  },
};

/** `at`, `length`: in UTF-16 units of the block's text. `to`: of a link. */
const span = struct(
  { at: uint(articleLimits.textMax), length: uint(articleLimits.textMax), is: oneOf("strong", "em", "link") },
  { to: address },
);
/** `picture`: the place of its file among the entry's films. Its text is what stands below it. */
const block = struct(
  {
    is: oneOf("text", "heading", "quote", "item", "number", "picture", "line"),
    text: text(articleLimits.textMax),
  },
  { spans: list(span, articleLimits.spansMax), picture: uint(articleLimits.picturesMax), more: extensions },
);
export type ArticleBlock = Infer<typeof block>;
export type ArticleSpan = Infer<typeof span>;

/** `cover`: the place of a file. `of`: the article of this channel of which this is a later edition. */
const article = struct(
  { title: line(articleLimits.titleMax), blocks: list(block, articleLimits.blocksMax) },
  {
    author: line(articleLimits.authorMax),
    summary: text(articleLimits.summaryMax),
    cover: uint(articleLimits.picturesMax),
    of: hash,
    more: extensions,
  },
);
export type ArticleBody = Infer<typeof article>;

/** What stands at the foot of an account's page; the newest holds. */
const menu = struct(
  {
    buttons: list(
      struct({ words: line(articleLimits.buttonWordsMax) }, { to: address, article: hash, more: extensions }),
      articleLimits.buttonsMax,
    ),
  },
  { more: extensions },
);
export type MenuBody = Infer<typeof menu>;

export const articleBodies = { article: bodyOf(article), menu: bodyOf(menu) } as const;

/** The article of an entry; undefined where it is none that may be shown. @checks PA3, PA4 */
export function readArticle({ body, films = [] }: Pick<ChannelEntrySaid, "body" | "films">): ArticleBody | undefined {
  const said = unlessMalformed(() => articleBodies.article.decode(body));
  if (said === undefined || said.title.trim() === "" || said.blocks.length === 0) return undefined;
  const { pictureBytesMax } = articleLimits;
  if (!films.every(({ mime, bytes }) => mime.startsWith("image/") && bytes <= pictureBytesMax)) return undefined;
  const isThere = (place: number | undefined) => place === undefined || place < films.length;
  return isThere(said.cover) && said.blocks.every((one) => isThere(one.picture) && isBlock(one)) ? said : undefined;
}

/** Its spans lie in its text, one after the other; a link says where to, and a picture which. @checks PA3 */
function isBlock({ is, text: words, spans = [], picture }: ArticleBlock): boolean {
  let end = 0;
  for (const { at, length, is: what, to } of spans) {
    if (at < end || length === 0 || at + length > words.length || (what === "link") !== (to !== undefined))
      return false;
    end = at + length;
  }
  return (is === "picture") === (picture !== undefined);
}
