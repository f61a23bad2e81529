/** What the table of homes must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

const nothing = { arrivingDay: undefined, record: undefined, recordDay: undefined, leaving: undefined, isGoing: false };

export function homeCases(open: () => LogUnderTest): void {
  test("[HM11] [HM12] an account arrives, is told where it is and settles, each beside what else is kept of it", () => {
    const { log, again, account } = withDevices(open, 0);
    const { homes } = log.features;
    expect(homes.of(account)).toBeUndefined();
    log.transaction(() => homes.note(account));
    expect(homes.of(account)).toEqual(nothing);
    log.transaction(() => {
      homes.arrive(account, 20_000);
      homes.note(account);
      homes.putRecord(account, bytes(1, 300), 20_001);
    });
    const arrived = { ...nothing, arrivingDay: 20_000, record: bytes(1, 300), recordDay: 20_001 };
    expect(again().features.homes.of(account)).toEqual(arrived);
    log.transaction(() => {
      homes.putRecord(account, bytes(2, 512), 20_003);
      homes.settle(account);
    });
    expect(homes.of(account)).toEqual({ ...nothing, record: bytes(2, 512), recordDay: 20_003 });
    expect(homes.of(account + 1)).toBeUndefined();
  });

  test("[HM15] [HM17] a wish to leave stands until it is stopped, and another takes its place; what is due is found", () => {
    const { log, again, account } = withDevices(open, 0);
    const { homes } = log.features;
    const leaving = { request: bytes(5, 16), by: 3, dueDay: 20_004 };
    log.transaction(() => homes.putLeaving(account, leaving));
    expect(again().features.homes.of(account)).toEqual({ ...nothing, leaving });
    expect(homes.due(leaving.dueDay - 1, 20_000)).toEqual([]);
    expect(homes.due(leaving.dueDay, 20_000)).toEqual([account]);
    const later = { ...leaving, request: bytes(6, 16), dueDay: leaving.dueDay + 5 };
    log.transaction(() => homes.putLeaving(account, later));
    expect(homes.due(leaving.dueDay, 20_000)).toEqual([]);
    log.transaction(() => homes.stopLeaving(account));
    expect(homes.of(account)).toEqual(nothing);
    log.transaction(() => homes.arrive(account, 19_999));
    expect(homes.due(0, 19_999)).toEqual([]);
    expect(homes.due(0, 20_000)).toEqual([account]);
  });

  test("[HM37] that an account goes is kept, in the place of a wish, and of one that has no row", () => {
    const { log, again, account } = withDevices(open, 0);
    const { homes } = log.features;
    log.transaction(() => homes.go(account));
    const going = { ...nothing, isGoing: true };
    expect(again().features.homes.of(account)).toEqual(going);
    expect(homes.due(0, 0)).toEqual([account]);
    log.transaction(() => {
      homes.putLeaving(account, { request: bytes(5, 16), by: 3, dueDay: 20_004 });
      homes.arrive(account, 20_000);
      homes.go(account);
    });
    expect(homes.of(account)).toEqual({ ...going, arrivingDay: 20_000 });
  });
}
