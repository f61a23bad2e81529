/** System lines, as the store holds them. */
import type { Hex } from "../api/hex.ts";

/** A system line as `messages.body` holds it (JSON, ids in hex): names are looked up when it is read. */
export type StoredLine =
  | {
      readonly kind: "group-created" | "picture-changed" | "recreated" | "dissolved" | "invited-beside";
      readonly by: Hex;
    }
  | {
      readonly kind: "added" | "removed" | "invited" | "left-out" | "founded-without";
      readonly by: Hex;
      readonly people: readonly Hex[];
    }
  | { readonly kind: "left" | "asks-in" | "device-added" | "restored"; readonly who: Hex }
  | {
      readonly kind: "device-refused" | "account-frozen" | "list-differs";
      readonly who: Hex;
      readonly isAnswered?: true;
    }
  | { readonly kind: "family-piece"; readonly who: Hex; readonly of: Hex; readonly isOn: boolean }
  | { readonly kind: "joined"; readonly people: readonly Hex[] }
  | { readonly kind: "approval"; readonly by: Hex; readonly isOn: boolean }
  | { readonly kind: "history"; readonly by: Hex; readonly choice: "none" | "week" | "all" }
  | { readonly kind: "announced"; readonly by: Hex; readonly text: string }
  | { readonly kind: "renamed"; readonly by: Hex; readonly name: string }
  | { readonly kind: "role"; readonly by: Hex; readonly who: Hex; readonly role: "owner" | "admin" | "member" }
  /** Count and state are read from `gaps` for that author. */
  | { readonly kind: "lost"; readonly from: Hex }
  /** Shown while a device of theirs says that it has not heard the own message of that number. */
  | { readonly kind: "unheard"; readonly who: Hex; readonly seq: number }
  /** What was planned here and is given up: to add these people, or, with none, another change. */
  | { readonly kind: "not-done"; readonly people: readonly Hex[] }
  /** What happened in a kind that this version does not know, in its sender's words. */
  | { readonly kind: "notice"; readonly by: Hex; readonly text: string }
  | { readonly kind: "friends" | "request-sent" | "not-contacts" | "fork" | "held-up" | "you-were-removed" };
