/** The percent-decoded path of a URL; `/` if the URL cannot be parsed or decoded. */
export function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return "/";
  }
}
