/** Draft of the preview for the link in a chat's field. `isAway`: the person removed the preview. */
import { signal } from "@preact/signals";
import type { Found } from "./found.ts";

export type LinkDraft = Pick<Found, "url" | "title"> & { readonly thumb?: Uint8Array; readonly isAway: boolean };

export const linkDrafts = signal<ReadonlyMap<string, LinkDraft>>(new Map());

export function noteLink(chat: string, draft: LinkDraft | undefined): void {
  const next = new Map(linkDrafts.peek());
  if (draft === undefined) next.delete(chat);
  else next.set(chat, draft);
  linkDrafts.value = next;
}

/** Notes a link that was pasted, dropped or shared; its thumbnail is added once it is made. */
export async function noteFound(chat: string, { url, title, image }: Found): Promise<void> {
  noteLink(chat, { url, title, isAway: false });
  if (image === undefined) return;
  const { thumbOf } = await import("./thumb.ts");
  const thumb = await thumbOf(image);
  const held = linkDrafts.peek().get(chat);
  if (thumb !== undefined && held?.url === url) noteLink(chat, { ...held, thumb });
}
