/** What the board's table must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function meetingCases(open: () => LogUnderTest): void {
  test("[HM81] slips are read by their week and in their order, and go by their week", () => {
    const { log, again } = withDevices(open, 0);
    expect([log.features.meeting.of(7, 0, 10), log.features.meeting.count()]).toEqual([[], 0]);
    log.transaction(() => {
      for (const [n, week] of [
        [1, 6],
        [2, 7],
        [3, 7],
        [4, 7],
        [5, 8],
      ] as const)
        log.features.meeting.put(bytes(n), bytes(n + 10, 40), week);
    });
    const { meeting } = again().features;
    expect(meeting.of(7, 0, 10)).toEqual([2, 3, 4].map((n) => ({ tag: bytes(n), box: bytes(n + 10, 40) })));
    expect(meeting.of(7, 1, 1).map(({ tag }) => tag)).toEqual([bytes(3)]);
    expect([meeting.has(bytes(2), bytes(12, 40)), meeting.has(bytes(2), bytes(13, 40))]).toEqual([true, false]);
    const left = () => [6, 7, 8].map((week) => log.features.meeting.of(week, 0, 10).length);
    log.transaction(() => log.features.meeting.giveUp(5));
    expect(left()).toEqual([1, 3, 1]);
    log.transaction(() => {
      for (let n = 0; n < 2; n++) log.features.meeting.giveUp(7);
    });
    expect(left()).toEqual([0, 2, 1]);
    log.transaction(() => log.features.meeting.expire(8));
    expect([left(), log.features.meeting.count()]).toEqual([[0, 0, 1], 1]);
  });
}
