/** What the tables of backup must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function backupCases(open: () => LogUnderTest): void {
  const most = { count: 10, bytes: 100 };

  test("[VA1] segments are read back from the newest, in pages, also after a crash; another account's are not among them", () => {
    const { log, again, account } = withDevices(open, 0);
    expect(log.features.backup.vault(account)).toEqual({ isOn: true, start: 0, next: 0, bytes: 0 });
    log.transaction(() => {
      for (let i = 0; i < 5; i++) log.features.backup.appendSegment(account, bytes(i, 40));
      log.features.backup.appendSegment(account + 1, bytes(9, 40));
    });
    const { backup } = again().features;
    expect(backup.vault(account)).toEqual({ isOn: true, start: 0, next: 5, bytes: 200 });
    const places = (before: number) => backup.segments(account, before, most).map(({ at }) => at);
    expect([places(5), places(3), places(1), places(0)]).toEqual([[4, 3], [2, 1], [0], []]);
    expect(backup.segments(account, 5, { count: 10, bytes: 1 })).toEqual([{ at: 4, segment: bytes(4, 40) }]);
    expect(backup.segments(account, 5, { count: 1, bytes: 1_000 })).toHaveLength(1);
  });

  test("[VA4] [VA5] a rewritten segment keeps its place, and an emptied vault goes on after it", () => {
    const { log, account } = withDevices(open, 0);
    log.transaction(() => {
      for (let i = 0; i < 3; i++) log.features.backup.appendSegment(account, bytes(i, 40));
      log.features.backup.putSegment(account, 1, bytes(7, 30));
    });
    expect(log.features.backup.segment(account, 1)).toEqual(bytes(7, 30));
    expect(log.features.backup.vault(account).bytes).toBe(110);
    log.transaction(() => {
      log.features.backup.putRecord(account, bytes(5, 20));
      log.features.backup.putRecord(account, bytes(6, 30));
      log.features.backup.putRecord(account + 1, bytes(7, 30));
    });
    expect(log.features.backup.record(account)).toEqual(bytes(6, 30));
    log.transaction(() => log.features.backup.setVault(account, false));
    expect(log.features.backup.record(account)).toBeUndefined();
    expect(log.features.backup.record(account + 1)).toEqual(bytes(7, 30));
    expect(log.features.backup.vault(account)).toEqual({ isOn: false, start: 3, next: 3, bytes: 0 });
    expect(log.features.backup.segments(account, 9, most)).toEqual([]);
    log.transaction(() => {
      log.features.backup.setVault(account, true);
      log.features.backup.appendSegment(account, bytes(8, 40));
    });
    expect(log.features.backup.vault(account)).toEqual({ isOn: true, start: 3, next: 4, bytes: 40 });
  });
}
