/**
 * Handed history: messages from before a newcomer joined a group, which the member who adds them shares
 * (docs/spec/groups.md GR32). It travels in parts: each part is a file at home, and a pointer to it, with its key, is
 * sealed to each device of the newcomer. Nobody proves what others said, so all of it counts as the sharing member's
 * word; decoding checks every length and kind against its own limit.
 */
import {
  type AccountId,
  type Bytes,
  blob,
  blobLimits,
  bool,
  type ContentId,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  limits,
  list,
  literal,
  MalformedError,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import type { Body } from "./body.ts";
import { pollLimits, reactionLimits, signupLimits } from "./features/index.ts";
import { name } from "./fields/ids.ts";
import { handedOnKinds } from "./kinds.ts";
import { contentLimits } from "./message.ts";

export const handedLimits = {
  /** Of one part. */
  messagesMax: 1_024,
  bytesMax: 1 << 20,
  versionsMax: 64,
  marksMax: 2_048,
  /** Messages that are shared with one account, all parts together. */
  allMax: 2 ** 18,
  pointerBytesMax: 1_024,
} as const;

const account = fixed<AccountId>(idBytes.account);
const id = fixed<ContentId>(idBytes.content);
const body = blob(contentLimits.bodyBytesMax);

const handedMessage = struct({
  author: account,
  id,
  /** When it was shown to the sharing member, and when its author said that it was sent. */
  atMs: uint(),
  sentMs: uint(),
  editedMs: uint(),
  kind: text(32),
  body,
  versions: list(struct({ stampMs: uint(), body }), handedLimits.versionsMax),
  reactions: list(
    struct({ by: account, emoji: text(reactionLimits.emojiMax), on: bool, stampMs: uint() }),
    handedLimits.marksMax,
  ),
  votes: list(
    struct({
      by: account,
      choices: list(uint(pollLimits.optionsMax - 1), pollLimits.optionsMax),
      stampMs: uint(),
    }),
    handedLimits.marksMax,
  ),
  lines: list(
    struct({ by: account, key: id, text: text(signupLimits.lineMax), sinceMs: uint(), stampMs: uint() }),
    handedLimits.marksMax,
  ),
});
export type HandedMessage = Omit<Infer<typeof handedMessage>, "kind"> & { readonly kind: Body["kind"] };

/** A message with nothing of what was done with it. */
export const handedAlone = { versions: [], reactions: [], votes: [], lines: [] } as const;

const part = struct({
  v: literal(1),
  /** The newest first. */
  messages: list(handedMessage, handedLimits.messagesMax),
  /** Names of the authors, and of the member who shares it. */
  people: list(struct({ account, name }), handedLimits.messagesMax + 1),
});
export type HandedPart = Omit<Infer<typeof part>, "v" | "messages"> & { readonly messages: readonly HandedMessage[] };

/** Where a part lies at home, and its key. `bytes` is its length without padding. */
const pointer = struct({
  v: literal(1),
  server: text(limits.domainBytesMax),
  id: fixed(blobLimits.idBytes),
  key: fixed(32),
  bytes: uint(handedLimits.bytesMax),
  expiresDay: uint(),
});
export type HandedPointer = Omit<Infer<typeof pointer>, "v">;

export function encodeHandedMessage(value: HandedMessage): Bytes {
  return encodeAs(handedMessage, value);
}

/** @throws MalformedError when something of it is over its limits. */
export function encodeHandedPart(value: HandedPart): Bytes {
  return encodeAs(part, { ...value, v: 1 });
}

/**
 * Undefined when it is broken, or of another `v`. Messages of kinds that are not handed on, or not known, are passed
 * over.
 */
export function decodeHandedPart(bytes: Bytes): HandedPart | undefined {
  return readable(() => {
    const { v: _, messages, ...rest } = decodeAs(part, bytes, handedLimits.bytesMax);
    return { ...rest, messages: messages.filter(isHanded) };
  });
}

function isHanded(message: Infer<typeof handedMessage>): message is HandedMessage {
  return handedOnKinds.some((kind) => kind === message.kind);
}

export function encodeHandedPointer(value: HandedPointer): Bytes {
  return encodeAs(pointer, { ...value, v: 1 });
}

/** Undefined when it is broken, or from a newer client. */
export function decodeHandedPointer(bytes: Bytes): HandedPointer | undefined {
  return readable(() => {
    const { v: _, ...rest } = decodeAs(pointer, bytes, handedLimits.pointerBytesMax);
    return rest;
  });
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
