/**
 * What is being written: blocks of plain words. Strong words stand between two pairs of asterisks and a link as
 * `[words](https://…)`, which the buttons of the editor write; they become spans when it is published. Pure.
 */
import type { ArticleDraft, ArticleSpan, ArticleView } from "@yanshu/client";

export type Kind = "text" | "heading" | "quote" | "item";
export type Written = {
  readonly key: number;
  readonly is: Kind | "number" | "picture" | "line";
  readonly text: string;
  /** A place among the pictures. */
  readonly picture?: number;
};

let nextKey = 0;
export const block = (is: Written["is"], text = "", picture?: number): Written => ({
  key: nextKey++,
  is,
  text,
  ...(picture !== undefined && { picture }),
});

const marked = /\*\*(?<strong>[^*\n]+)\*\*|\[(?<words>[^\]\n]+)\]\((?<to>https:\/\/[^\s)]+)\)/gu;

/** The words without marks, and where what was marked stands in them. */
export function spansIn(text: string): { readonly text: string; readonly spans: readonly ArticleSpan[] } {
  const spans: ArticleSpan[] = [];
  let words = "";
  let end = 0;
  for (const found of text.matchAll(marked)) {
    const { strong, words: linked = "", to } = found.groups ?? {};
    words += text.slice(end, found.index);
    const inside = strong ?? linked;
    spans.push(
      to === undefined
        ? { at: words.length, length: inside.length, is: "strong" }
        : { at: words.length, length: inside.length, is: "link", to },
    );
    words += inside;
    end = found.index + found[0].length;
  }
  return { text: words + text.slice(end), spans };
}

/** The same back, for a later edition. */
export function markedOf({ text, spans }: Pick<ArticleView["blocks"][number], "text" | "spans">): string {
  let said = "";
  let end = 0;
  for (const { at, length, is, to } of spans) {
    const words = text.slice(at, at + length);
    said += text.slice(end, at) + (is === "link" ? `[${words}](${to})` : is === "strong" ? `**${words}**` : words);
    end = at + length;
  }
  return said + text.slice(end);
}

/** Lines that were pasted, each a block; what stood before and behind the caret stays beside them. */
export function pasted(text: string): readonly string[] {
  return text
    .split(/\r?\n+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export function blocksOf(written: readonly Written[]): ArticleDraft["blocks"] {
  return written
    .filter(({ is, text }) => is === "picture" || is === "line" || text.trim() !== "")
    .map(({ is, text, picture }) => {
      const said = spansIn(text.trim());
      return {
        is,
        text: said.text,
        ...(said.spans.length > 0 && { spans: said.spans }),
        ...(picture !== undefined && { picture }),
      };
    });
}
