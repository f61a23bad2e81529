/** An article as plain text (docs/spec/articles.md TE27). Pure. */
import type { ArticleDraft, ArticleView } from "@yanshu/client";

type Written = {
  readonly title: string;
  readonly blocks: ArticleDraft["blocks"];
  /** Paths of its pictures, as they stand in the text. */
  readonly pictures: readonly string[];
};

const signs = [
  ["heading", /^#+ (.*)$/s],
  ["quote", /^> ?(.*)$/s],
  ["item", /^[-*] (.*)$/s],
] as const;

export function articleIn(text: string): Written {
  const [title = "", ...rest] = text
    .replace(/^\ufeff/, "")
    .replaceAll("\r\n", "\n")
    .trim()
    .split("\n");
  const pictures: string[] = [];
  const blocks = rest
    .join("\n")
    // An item, a heading, a line and a picture are blocks without a blank line between them.
    .split(/\n\s*\n|\n(?=(?:#+ |> ?|[-*] |---$|!\[))/m)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part): Written["blocks"][number] => {
      const [, words, path] = /^!\[([^\]]*)\]\(([^)]+)\)$/.exec(part) ?? [];
      if (path !== undefined) return { is: "picture", text: words ?? "", picture: pictures.push(path) - 1 };
      if (/^-{3,}$/.test(part)) return { is: "line", text: "" };
      for (const [is, sign] of signs) {
        const [, said] = sign.exec(part) ?? [];
        if (said !== undefined) return { is, text: said };
      }
      return { is: "text", text: part };
    });
  return { title: title.replace(/^#+ /, "").trim(), blocks, pictures };
}

/** The same back, for a terminal; a link is followed by its address. */
export function linesOf({ title, author, account, blocks }: ArticleView): readonly string[] {
  const signs = { heading: "# ", quote: "> ", item: "- ", number: "- ", text: "", picture: "", line: "" } as const;
  return [
    title,
    [author, account.name].filter(Boolean).join(" · "),
    "",
    ...blocks.flatMap(({ is, text, spans }) => {
      if (is === "line") return ["---", ""];
      const links = spans.flatMap(({ to }) => (to === undefined ? [] : [`  <${to}>`]));
      const words = is === "picture" ? `[${text}]` : `${signs[is]}${text}`;
      return [...words.split("\n"), ...links, ""];
    }),
  ];
}
