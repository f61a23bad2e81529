/** What the tables of helpers must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function helperCases(open: () => LogUnderTest): void {
  test("[DS66] [DS67] an account's family opens one thing, which another takes the place of with who asked for it", () => {
    const { log, again, account } = withDevices(open, 0);
    const asked = { id: bytes(5, 16), state: "waiting" as const, dueMs: 9_000 };
    expect(log.features.helpers.family(account)).toBeUndefined();
    log.transaction(() => {
      log.features.helpers.putFamily(account, bytes(1), bytes(8, 61));
      log.features.helpers.putFamilyRequest(account, asked);
    });
    const { helpers } = again().features;
    expect(helpers.familyOf(bytes(1))).toEqual({ account, wrap: bytes(8, 61), request: asked });
    log.transaction(() => log.features.helpers.dropFamilyRequests(9_000));
    expect(helpers.family(account)?.request).toEqual(asked);
    log.transaction(() => log.features.helpers.dropFamilyRequests(9_001));
    expect(helpers.family(account)).toEqual({ account, wrap: bytes(8, 61), request: undefined });
    log.transaction(() => {
      log.features.helpers.putFamilyRequest(account, { ...asked, state: "stopped" });
      log.features.helpers.putFamily(account, bytes(2), bytes(9, 61));
    });
    expect(helpers.familyOf(bytes(1))).toBeUndefined();
    expect(helpers.familyOf(bytes(2))).toEqual({ account, wrap: bytes(9, 61), request: undefined });
    expect(() => log.transaction(() => log.features.helpers.putFamily(account + 1, bytes(2), bytes(7, 61)))).toThrow();
    log.transaction(() => log.features.helpers.dropFamily(account));
    expect(helpers.familyOf(bytes(2))).toBeUndefined();
  });
}
