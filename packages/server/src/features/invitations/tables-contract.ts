/** What the tables of invitations must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest } from "../../log/log-contract.ts";

export function invitationCases(open: () => LogUnderTest): void {
  test("[DS140] an invitation counts itself, has another code from then on, ends, and is forgotten", () => {
    const { log, again } = open();
    const of = { people: 3, taken: 0, endsMs: 1_800_000_000_000, isEnded: false };
    const [ref, open1] = log.transaction(() => [
      log.features.invitations.addInvitation(bytes(1), 3, of.endsMs),
      log.features.invitations.addInvitation(bytes(2), undefined, undefined),
    ]);
    expect(log.features.invitations.invitation(bytes(1))).toEqual({ ...of, ref });
    log.transaction(() => log.features.invitations.countInvited(ref));
    expect(log.transaction(() => log.features.invitations.replaceInvitation(ref, bytes(3)))).toBe(true);
    expect(log.features.invitations.invitation(bytes(1))).toBeUndefined();
    expect(again().features.invitations.invitation(bytes(3))).toEqual({ ...of, ref, taken: 1 });
    expect(log.transaction(() => log.features.invitations.endInvitation(ref, 1_700_000_000_000))).toBe(true);
    expect(log.transaction(() => log.features.invitations.endInvitation(ref, 1_700_000_000_001))).toBe(false);
    expect(log.transaction(() => log.features.invitations.replaceInvitation(ref, bytes(4)))).toBe(false);
    expect(log.features.invitations.invitations()).toEqual([
      { ...of, ref, taken: 1, endsMs: 1_700_000_000_000, isEnded: true },
      { ref: open1, people: undefined, taken: 0, endsMs: undefined, isEnded: false },
    ]);
    log.transaction(() => log.features.invitations.dropInvitations(1_700_000_000_001));
    expect(log.features.invitations.invitations().map((row) => row.ref)).toEqual([open1]);
  });
}
