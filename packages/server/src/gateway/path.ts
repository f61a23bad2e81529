/** The percent-decoded path of a URL; `/` if the URL cannot be parsed or decoded. */
export function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return "/";
  }
}

/** What stands after the path, from the `?` on, as it came; of a URL that cannot be parsed, too. */
export function searchOf(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? "" : url.slice(at);
}
