/** Finding somebody by their handle, from whatever field it was typed into. */
import { go, setPendingLink } from "../../shell/router.ts";
import { api, attempt } from "../../shell/session.ts";
import { noteFound, noteScanned } from "./scanned.ts";

/**
 * As it is written to people; undefined where `typed` can be none, as a link is none. Full-width characters of an input
 * method are read as narrow ones.
 */
export function handleIn(typed: string): string | undefined {
  const name = typed.trim().normalize("NFKC").toLowerCase().replace(/^@/, "");
  return /^[a-z][a-z0-9._-]{3,31}(:[^\s/?#]+)?$/.test(name) ? `@${name}` : undefined;
}

/** Leads to the person who is found, to greet them; else says in words why not. */
export async function findHandle(handle: string): Promise<boolean> {
  const link = await attempt(() => api.findHandle(handle));
  if (link === undefined) return false;
  noteScanned(undefined);
  noteFound({ link, handle });
  setPendingLink(link);
  go({ name: "opened-link" });
  return true;
}
