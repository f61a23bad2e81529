/**
 * What the sender's device knows of a link without any request: the title and picture in the pasted, dropped or shared
 * data (docs/spec/actions.md AC15). Pure, except for DOMParser.
 */
import { piecesOf } from "../text.ts";

export type Found = { readonly url: string; readonly title: string; readonly image?: string };

const titleMax = 200;

/** The first URL in a text. */
export function firstLink(text: string): string | undefined {
  return piecesOf(text).find(({ kind }) => kind === "link")?.text;
}

/** Only http and https: a link from somebody else must not run a script or open another app. */
export const isWebAddress = (url: string): boolean => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : "");

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, "") : url;
}

/** From HTML that a browser copied or dragged: a link with its text, or a page with its title. */
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
  // Only data URLs: any other would be a request to a server.
  const image = [...page.querySelectorAll("img")].find((one) =>
    /^data:image\/(png|jpeg|webp|gif);base64,/.test(one.src),
  )?.src;
  return { url, title: words, ...(image === undefined ? {} : { image }) };
}

/** From `text/x-moz-url`: a URL, and its title on the next line. */
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
