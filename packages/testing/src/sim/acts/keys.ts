/** Keys: a device's grow old. */
import { type Act, anywhere, label } from "./act.ts";

/** It renews them at the next words (docs/spec/groups.md GR25). */
export const age: Act = (sim) => {
  const at = anywhere(sim, ({ state, groupId }) => state === "open" && groupId !== null);
  if (at === undefined) return undefined;
  at.person.disk.run("UPDATE renewals SET due_ms = 0 WHERE group_id = ?", at.standing.groupId);
  return `the keys of ${at.person.device} in ${label(at.standing.conversation)} are old`;
};
