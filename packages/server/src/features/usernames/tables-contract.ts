/** What the tables of usernames must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function usernameCases(open: () => LogUnderTest): void {
  test("[DS51] handles are held, given up without what they led to, and forgotten by their day", () => {
    const { log, again, account } = withDevices(open, 0);
    log.transaction(() => {
      log.features.usernames.putUsername(bytes(1), account, bytes(9, 40));
      log.features.usernames.putUsername(bytes(2), account, undefined);
      log.features.usernames.putUsername(bytes(3), account + 1, bytes(8, 40));
      log.features.usernames.freeUsernames(account, bytes(2), 100);
    });
    const { usernames } = again().features;
    expect(usernames.handle(bytes(1))).toEqual({ tag: bytes(1), account, record: undefined, isHeld: false });
    expect(usernames.handle(bytes(2))).toMatchObject({ record: undefined, isHeld: true });
    expect(usernames.handle(bytes(3))).toMatchObject({ account: account + 1, record: bytes(8, 40), isHeld: true });
    expect(usernames.countUsernames(account)).toBe(2);
    log.transaction(() => log.features.usernames.dropHandles(100));
    expect(log.features.usernames.countUsernames(account)).toBe(2);
    log.transaction(() => {
      log.features.usernames.freeUsernames(account, undefined, 101);
      log.features.usernames.dropHandles(101);
    });
    expect(log.features.usernames.handle(bytes(1))).toBeUndefined();
    expect(log.features.usernames.handle(bytes(2))?.isHeld).toBe(false);
    log.transaction(() => log.features.usernames.putUsername(bytes(2), account, bytes(7, 40)));
    expect(log.features.usernames.handle(bytes(2))).toMatchObject({ record: bytes(7, 40), isHeld: true });
  });
}
