/**
 * The context that a ciphertext within a message is bound to (docs/spec/groups.md GR35): conversation, epoch and
 * sending device.
 */
import { contentLimits, type Message } from "@yanshu/content";
import type { Group, SealContext } from "@yanshu/mls";
import type { DeviceId } from "@yanshu/wire";

type Purpose = Extract<SealContext, { sender: unknown }>["purpose"];

/** The context of a message that this device is about to send. */
export function sealedWithin(purpose: Purpose, { state, keys }: Group, sender: DeviceId): SealContext {
  const epoch = keys.authenticator.slice(0, contentLimits.authenticatorBytes);
  return { purpose, conversation: state.conversation, epoch, sender };
}

/** The context of a received message; a resent one shows the epoch in which it was sealed. */
export function sealedIn(
  purpose: Purpose,
  { state }: Pick<Group, "state">,
  sender: DeviceId,
  { authenticator }: Pick<Message, "authenticator">,
): SealContext {
  return { purpose, conversation: state.conversation, epoch: authenticator, sender };
}
