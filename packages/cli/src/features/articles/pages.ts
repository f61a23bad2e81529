/**
 * What an account published, for the web at large (docs/spec/articles.md PA10): a JSON feed 1.1, an RSS feed 2.0 and
 * pages without a script. All that people wrote is escaped. Pure.
 */
import type { AccountView, ArticleBlockView, ArticlePicture, ArticleView } from "@yanshu/client";

const dayMs = 86_400_000;
/** No script, nothing from elsewhere, and no form. */
const policy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const style =
  "body{max-width:34em;margin:2em auto;padding:0 1em;font:1.0625rem/1.75 serif;line-break:strict}" +
  "img{max-width:100%;height:auto}blockquote{margin:1em 0;padding-inline-start:1em;border-inline-start:3px solid #ccc}";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** What XML 1.0 has no place for. */
const isForbidden = (code: number) =>
  (code < 0x20 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffe || code === 0xffff;

/** For text and attributes of HTML and XML. */
function escaped(text: string): string {
  const allowed = Array.from(text)
    .filter((one) => !isForbidden(one.codePointAt(0) ?? 0))
    .join("");
  return allowed.replace(/[&<>"']/g, (one) => escapes[one] ?? "");
}

const ends: Readonly<Record<string, string>> = { "image/webp": "webp", "image/jpeg": "jpg", "image/png": "png" };
export const pictureName = ({ hash, mime }: ArticlePicture): string => `${hash}.${ends[mime] ?? "bin"}`;
const pageName = ({ entry }: Pick<ArticleView, "entry">): string => `${entry}.html`;

function spanned({ text, spans }: ArticleBlockView): string {
  let said = "";
  let end = 0;
  for (const { at, length, is, to } of spans) {
    const words = escaped(text.slice(at, at + length));
    said += escaped(text.slice(end, at));
    said +=
      is === "link" ? `<a href="${escaped(to ?? "")}" rel="noopener nofollow">${words}</a>` : `<${is}>${words}</${is}>`;
    end = at + length;
  }
  return said + escaped(text.slice(end));
}

function htmlOf({ blocks }: Pick<ArticleView, "blocks">): string {
  return blocks
    .map((block) => {
      if (block.is === "line") return "<hr>";
      if (block.is === "heading") return `<h2>${spanned(block)}</h2>`;
      if (block.is === "quote") return `<blockquote>${spanned(block)}</blockquote>`;
      if (block.is === "item") return `<ul><li>${spanned(block)}</li></ul>`;
      if (block.is === "number") return `<ol><li>${spanned(block)}</li></ol>`;
      if (block.is === "text") return `<p>${spanned(block)}</p>`;
      if (block.picture === undefined) return "";
      const words = escaped(block.text);
      return `<figure><img src="${pictureName(block.picture)}" alt="${words}"><figcaption>${words}</figcaption></figure>`;
    })
    .join("\n");
}

function page(title: string, inside: string): string {
  return `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<title>${escaped(title)}</title><style>${style}</style></head>
<body>
${inside}
</body></html>
`;
}

const dayOf = (day: number) => new Date(day * dayMs);
const dateOf = (day: number) => dayOf(day).toISOString().slice(0, 10);

/** All files by their names, but for pictures. */
export function filesOf(account: AccountView, articles: readonly ArticleView[]): Readonly<Record<string, string>> {
  const { name, about, id } = account;
  const items = articles.map((one) => ({ one, html: htmlOf(one) }));
  const feed = {
    version: "https://jsonfeed.org/version/1.1",
    title: name,
    description: about,
    feed_url: "feed.json",
    home_page_url: "index.html",
    items: items.map(({ one, html }) => ({
      id: one.entry,
      url: pageName(one),
      title: one.title,
      summary: one.summary,
      content_html: html,
      date_published: dayOf(one.day).toISOString(),
      ...(one.editedDay !== undefined && { date_modified: dayOf(one.editedDay).toISOString() }),
      ...(one.author !== "" && { authors: [{ name: one.author }] }),
    })),
  };
  const rss = `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>${escaped(name)}</title><link>index.html</link><description>${escaped(about)}</description>
${items
  .map(
    ({ one, html }) =>
      `<item><title>${escaped(one.title)}</title><link>${pageName(one)}</link><guid isPermaLink="false">${one.entry}</guid>` +
      `<pubDate>${dayOf(one.day).toUTCString()}</pubDate><description>${escaped(html)}</description></item>`,
  )
  .join("\n")}
</channel></rss>
`;
  const list = articles
    .map((one) => `<li><a href="${pageName(one)}">${escaped(one.title)}</a> ${dateOf(one.day)}</li>`)
    .join("\n");
  const pages = items.map(({ one, html }) => {
    const head = [one.author, name, dateOf(one.day)].filter(Boolean).map(escaped).join(" · ");
    return [pageName(one), page(one.title, `<h1>${escaped(one.title)}</h1>\n<p>${head}</p>\n${html}`)] as const;
  });
  return {
    "feed.json": `${JSON.stringify(feed, null, 1)}\n`,
    "feed.rss": rss,
    "index.html": page(name, `<h1>${escaped(name)}</h1>\n<p>${escaped(about)}</p>\n<ul>\n${list}\n</ul>\n<p>${id}</p>`),
    ...Object.fromEntries(pages),
  };
}
