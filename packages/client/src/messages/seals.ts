/**
 * What a seal within a message is bound to (docs/spec/groups.md GR35): its conversation, its epoch and the device that
 * says it.
 */
import { contentLimits, type Message } from "@yanshu/content";
import type { Group, SealContext } from "@yanshu/mls";
import type { DeviceId } from "@yanshu/wire";

type Purpose = Extract<SealContext, { sender: unknown }>["purpose"];

/** Of a message that this device is about to say. */
export function sealedWithin(purpose: Purpose, { state, keys }: Group, sender: DeviceId): SealContext {
  const epoch = keys.authenticator.slice(0, contentLimits.authenticatorBytes);
  return { purpose, conversation: state.conversation, epoch, sender };
}

/** Of a message as it was said: one that is said again shows the epoch in which it was sealed. */
export function sealedIn(
  purpose: Purpose,
  { state }: Pick<Group, "state">,
  sender: DeviceId,
  { authenticator }: Pick<Message, "authenticator">,
): SealContext {
  return { purpose, conversation: state.conversation, epoch: authenticator, sender };
}
