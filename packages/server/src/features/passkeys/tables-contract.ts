/** What the tables of passkeys must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function passkeyCases(open: () => LogUnderTest): void {
  test("[ID35] an account has one passkey, which another takes the place of, and a tag leads to one account", () => {
    const { log, again, account } = withDevices(open, 0);
    expect(log.features.passkeys.hasPasskey(account)).toBe(false);
    log.transaction(() => {
      log.features.passkeys.putPasskey(account, bytes(1), bytes(8, 61));
      log.features.passkeys.putPasskey(account, bytes(2), bytes(9, 61));
    });
    const { passkeys } = again().features;
    expect(passkeys.passkey(bytes(1))).toBeUndefined();
    expect(passkeys.passkey(bytes(2))).toEqual({ account, wrap: bytes(9, 61) });
    expect([passkeys.hasPasskey(account), passkeys.hasPasskey(account + 1)]).toEqual([true, false]);
    expect(() =>
      log.transaction(() => log.features.passkeys.putPasskey(account + 1, bytes(2), bytes(7, 61))),
    ).toThrow();
  });
}
