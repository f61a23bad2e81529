/**
 * The HTML pages of an export: no scripts, all text of messages escaped (docs/spec/keeping.md KP8). Pure.
 */
import type { ExportedFile, ExportedMessage, ExportedPost } from "./exported.ts";

const style = `body{margin:0 auto;max-width:44rem;padding:1rem;font:1rem/1.6 system-ui,sans-serif;background:Canvas;color:CanvasText;color-scheme:light dark}
h1{font-size:1.4rem}ul{padding:0;list-style:none}li a{display:block;padding:.6rem 0;border-bottom:1px solid #8884}
.l{margin:.6rem 0;max-width:85%;width:fit-content;padding:.4rem .8rem;border-radius:.6rem;background:#8882;overflow-wrap:anywhere;white-space:pre-wrap}
.m{margin-left:auto;background:#067a4333}.s{margin:.6rem auto;color:GrayText;background:none;text-align:center;font-size:.875rem}
small{display:block;color:GrayText;font-size:.8rem}q{display:block;border-left:3px solid #8886;padding-left:.5rem;quotes:none}
img,video{display:block;max-width:100%;max-height:24rem;border-radius:.4rem}`;

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** The HTML before the messages. */
export function pageHead(title: string, lang: string): string {
  return `<!doctype html><html lang="${escaped(lang)}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${style}</style><h1>${escaped(title)}</h1>\n`;
}

export function messageHtml(message: ExportedMessage, when: string, gone: string): string {
  if (message.kind === "system") return `<p class="l s">${escaped(message.text)}</p>\n`;
  const quote =
    message.quote === undefined ? "" : `<q>${escaped(message.quote.from)}: ${escaped(message.quote.words)}</q>`;
  const marks = (message.reactions ?? []).map(({ emoji, people }) => `${emoji} ${people.join(", ")}`).join(" · ");
  const files = (message.files ?? []).map((file) => fileHtml(file, 2, gone)).join("");
  return `<div class="l${message.mine ? " m" : ""}"><small>${escaped(message.from)} · ${escaped(when)}</small>${quote}${files}${escaped(message.text)}${
    marks === "" ? "" : `<small>${escaped(marks)}</small>`
  }</div>\n`;
}

/** A post with its comments. Only http and https links become links. */
export function postHtml(post: ExportedPost, when: (ms: number) => string, gone: string): string {
  const { link, place, likes, comments } = post;
  const files = post.files.map((file) => fileHtml(file, 1, gone)).join("");
  const shownLink = link && escaped(link.title === "" ? link.url : link.title);
  const isWeb = link !== undefined && /^https?:/i.test(link.url);
  const at = shownLink && (isWeb ? `<a href="${escaped(link.url)}" rel="noreferrer">${shownLink}</a>` : shownLink);
  const rest = [
    at ?? "",
    place === undefined ? "" : `<small>${escaped(place.name)}</small>`,
    likes.length === 0 ? "" : `<small>♥ ${escaped(likes.join(", "))}</small>`,
    ...comments.map(({ from, text }) => `<q>${escaped(from)}: ${escaped(text)}</q>`),
  ];
  return `<div class="l${post.mine ? " m" : ""}"><small>${escaped(post.from)} · ${escaped(when(Date.parse(post.at)))}</small>${files}${escaped(post.text)}${rest.join("")}</div>\n`;
}

/** @param depth number of folders above the page. */
function fileHtml({ path, name, type, missing }: ExportedFile, depth: number, gone: string): string {
  if (missing === true) return `<small>${escaped(name)}: ${escaped(gone)}</small>`;
  const place = escaped(path.split("/").slice(depth).map(encodeURIComponent).join("/"));
  if (type.startsWith("image/")) return `<img src="${place}" alt="${escaped(name)}" loading="lazy">`;
  if (type.startsWith("video/")) return `<video src="${place}" controls preload="none"></video>`;
  if (type.startsWith("audio/")) return `<audio src="${place}" controls preload="none"></audio>`;
  return `<a href="${place}" download>${escaped(name)}</a>`;
}
