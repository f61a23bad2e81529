/**
 * Cards: a person who is introduced to others (docs/spec/identity.md ID24–ID26), and what a link leads to, as its sender's
 * device knew it (docs/spec/actions.md AC15).
 */
import {
  type AccountId,
  accountHistory,
  blob,
  type Capability,
  fixed,
  type Infer,
  idBytes,
  limits,
  line,
  struct,
  text,
} from "@yanshu/wire";

export const cardLimits = {
  /** As of any name. */
  nameMax: 64,
  avatarBytesMax: 24 * 1024,
  urlMax: 2_000,
  titleMax: 200,
  /** A small square, drawn by the sender. */
  thumbBytesMax: 16 * 1024,
} as const;

export const cardBodies = {
  /**
   * Somebody whom the sender knows, and who lets their card be passed on. The history pins who they are and which
   * devices they had: what a server answers later must go on from there.
   */
  card: struct(
    {
      account: fixed<AccountId>(idBytes.account),
      /** As they call themselves, or were introduced; never the sender's remark. */
      name: line(cardLimits.nameMax),
      server: text(limits.domainBytesMax),
      capability: fixed<Capability>(idBytes.capability),
      history: accountHistory,
    },
    { avatar: blob(cardLimits.avatarBytesMax) },
  ),
} as const;

/** `url` stands in the text that carries it. Nobody fetches it but whoever follows it. */
export const linkCard = struct(
  { url: text(cardLimits.urlMax), title: line(cardLimits.titleMax) },
  { thumb: blob(cardLimits.thumbBytesMax) },
);
export type LinkCard = Infer<typeof linkCard>;
