/** What was tapped before the chat was chosen: the composer of that chat goes on with it. */
import { signal } from "@preact/signals";

export const begun = signal<{ readonly chat: string; readonly what: "talk" | "write" } | undefined>(undefined);
