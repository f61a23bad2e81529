/** The path of a request, as it was meant; `/` where it cannot be read. */
export function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return "/";
  }
}
