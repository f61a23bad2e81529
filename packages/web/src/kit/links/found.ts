/**
 * What the sender's own device knows of a link without asking anybody: the title and picture in what was pasted,
 * dropped or shared (docs/spec/actions.md AC15). Pure, but for reading HTML.
 */
import { piecesOf } from "../text.ts";

export type Found = { readonly url: string; readonly title: string; readonly image?: string };

const titleMax = 200;

/** The first web address of a text. */
export function firstLink(text: string): string | undefined {
  return piecesOf(text).find(({ kind }) => kind === "link")?.text;
}

/** A link that somebody else wrote leads to the web or nowhere: no script, and no other app. */
export const isWebAddress = (url: string): boolean => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "");

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, "") : url;
}

/** A fragment of a page, as a browser copies or drags it: a link with its words, or a page with its title. */
export function foundInHtml(html: string, plain: string): Found | undefined {
  const page = new DOMParser().parseFromString(html, "text/html");
  const wanted = firstLink(plain);
  const anchor = [...page.querySelectorAll("a[href]")].find((one) => {
    const href = one.getAttribute("href") ?? "";
    return /^https?:/i.test(href) && (wanted === undefined || isSame(href, wanted));
  });
  const url = wanted ?? anchor?.getAttribute("href") ?? undefined;
  if (url === undefined) return undefined;
  const meta = page.querySelector('meta[property="og:title"]')?.getAttribute("content");
  const words = [anchor?.textContent, meta, page.title].map(clean).find((one) => one !== "" && firstLink(one) !== url);
  if (words === undefined) return undefined;
  // Only what lies in the fragment itself: an address would be a request to somebody.
  const image = [...page.querySelectorAll("img")].find((one) =>
    /^data:image\/(png|jpeg|webp|gif);base64,/.test(one.src),
  )?.src;
  return { url, title: words, ...(image === undefined ? {} : { image }) };
}

/** `text/x-moz-url`: an address, and its title on the next line. */
export function foundInPair(pair: string): Found | undefined {
  const [url = "", title = ""] = pair.split(/\r?\n/);
  return /^https?:\/\//i.test(url) && clean(title) !== "" ? { url, title: clean(title) } : undefined;
}

export function clean(text: string | null | undefined): string {
  return (text ?? "").replace(/\s+/gu, " ").trim().slice(0, titleMax);
}

function isSame(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href);
}
