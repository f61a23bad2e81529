/** Finding somebody by their handle, for every field into which one can be typed. */
import { go, setPendingLink } from "../../shell/router.ts";
import { api, attempt } from "../../shell/session.ts";
import { noteFound, noteScanned } from "./scanned.ts";

/**
 * The handle in `typed`, in its canonical form with `@`; undefined when it is no handle, such as a link. Full-width
 * characters are converted (NFKC).
 */
export function handleIn(typed: string): string | undefined {
  const name = typed.trim().normalize("NFKC").toLowerCase().replace(/^@/, "");
  return /^[a-z][a-z0-9._-]{3,31}(:[^\s/?#]+)?$/.test(name) ? `@${name}` : undefined;
}

/** Opens the page of the found person, or shows why there is none. Returns whether somebody was found. */
export async function findHandle(handle: string): Promise<boolean> {
  const link = await attempt(() => api.findHandle(handle));
  if (link === undefined) return false;
  noteScanned(undefined);
  noteFound({ link, handle });
  setPendingLink(link);
  go({ name: "opened-link" });
  return true;
}
