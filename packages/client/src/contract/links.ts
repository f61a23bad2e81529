/**
 * Links that lead to this person or into a group (docs/spec/identity.md ID10, ID62; docs/spec/groups.md GR26). A
 * feature names what it wants; secrets, tokens and key packages behind a link stay in the core (../feature.ts).
 */
import type { AccountId, Bytes, ConversationId, Link, UnixMs } from "@yanshu/wire";
import type { Face } from "../api/people.ts";

type GroupLink = Extract<Link, { readonly kind: "group" }>["link"];
/** What a group's link is called where the group has no name, and whose faces stand on its card. */
export type GroupLooks = { readonly title: string; readonly faces: readonly Face[] };

export type FeatureLinks = {
  /** This person's own. What does not fit it lies sealed at home. Rejects with `offline`. */
  readonly own: () => Promise<string>;
  /** A new one; the one before it leads nowhere any more. Rejects with `offline`. */
  readonly resetOwn: () => Promise<string>;
  /** What home keeps, sealed, beside a link. Undefined where there is none, or not now. */
  readonly cardOf: (
    link: Extract<Link, { readonly kind: "contact" | "group" }>,
  ) => Promise<{ readonly name: string; readonly faces: readonly Face[] } | undefined>;

  /** Of a group that this device is in now; undefined where it has no link. */
  readonly ofGroup: (conversation: ConversationId, looks: GroupLooks) => string | undefined;
  /** The same, short: who lets in stands on a card at home, where home takes it soon. */
  readonly ofGroupByCard: (conversation: ConversationId, looks: GroupLooks) => Promise<string | undefined>;
  /** The group whose link has this secret, if this device knows one. */
  readonly groupBehind: (secret: Bytes) => ConversationId | undefined;
  /**
   * A new link for a group; the one before it ends. Rejects with `offline`.
   * @param mayStill throws where one may not any more: asked again once home has answered.
   */
  readonly makeForGroup: (
    conversation: ConversationId,
    terms: { readonly expiresMs: UnixMs; readonly uses?: number },
    mayStill: () => void,
  ) => Promise<void>;
  /** Inside a transaction. */
  readonly closeForGroup: (conversation: ConversationId) => void;

  /** Asks to come in by it, until somebody answers. @param fragment what stands after its `#`. */
  readonly join: (link: GroupLink, fragment: string) => Promise<void>;
  /** Nobody lets this device in by that asking any more. Inside a transaction. */
  readonly forgetJoin: (secret: Bytes) => void;
  /** Who asked comes in, by the packages that came with the asking. Rejects with `unknown-contact`. */
  readonly letIn: (conversation: ConversationId, account: AccountId) => Promise<void>;
  /**
   * Who asked is told no, and the others who lead learn it. Opens a transaction itself. @throws ClientError
   * `unknown-contact`
   */
  readonly turnAway: (conversation: ConversationId, account: AccountId) => void;
};
