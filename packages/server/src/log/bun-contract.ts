/**
 * The log's contract: what every adapter must do (docs/spec/delivery.md). An adapter's test calls it
 * with a way to open a database and to open the same one again.
 */
import { describe, expect, test } from "bun:test";
import { featureCases } from "../features/tables-contract.ts";
import type { DeviceRow, TableCount } from "./log.ts";
import { bytes, frame, type LogUnderTest, withDevices } from "./log-contract.ts";

export function logContract(name: string, open: () => LogUnderTest): void {
  describe(`log: ${name}`, () => {
    accountCases(open);
    holdingCases(open);
    restCases(open);
    countCases(open);
    gateCases(open);
    queueCases(open);
    sinceCases(open);
    for (const cases of Object.values(featureCases)) cases(open);
  });
}

function accountCases(open: () => LogUnderTest): void {
  test("[DS26] the incarnation stays the same when the database is opened again", () => {
    const { log, again } = open();
    expect(log.incarnation).toHaveLength(16);
    expect(again().incarnation).toEqual(log.incarnation);
  });

  test("[DS16] a transaction that throws leaves nothing behind", () => {
    const { log } = open();
    expect(() =>
      log.transaction(() => {
        log.accounts.create(bytes(1), bytes(2));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(log.accounts.find(bytes(1))).toBeUndefined();
    expect(log.transaction(() => log.accounts.create(bytes(1), bytes(2)))).toBeGreaterThan(0);
  });

  test("[DS28] entries are kept in order and replaced from a number on", () => {
    const { log, account } = withDevices(open, 0);
    log.transaction(() => log.accounts.putEntries(account, 0, [bytes(1, 5), bytes(2, 5), bytes(3, 5)]));
    log.transaction(() => log.accounts.putEntries(account, 1, [bytes(9, 5)]));
    expect(log.accounts.entries(account, 0)).toEqual([bytes(1, 5), bytes(9, 5)]);
    expect(log.accounts.entries(account, 1)).toEqual([bytes(9, 5)]);
    const root = { key: bytes(4, 32), nextHash: bytes(5, 32) };
    log.transaction(() => log.accounts.setRoot(account, root));
    expect(log.accounts.byRef(account)).toMatchObject({ root });
    expect(log.accounts.byRoot(root.key)).toMatchObject({ ref: account });
    expect(log.accounts.byRoot(root.nextHash)).toBeUndefined();
  });

  test("[DS28] a dropped device leaves nothing, and its number is not used again", () => {
    const { log, account, first, second } = withDevices(open, 2);
    log.transaction(() => {
      log.accounts.addAddress(bytes(1, 16), second);
      log.accounts.addPackage(second, bytes(2), 99_999, false);
      log.accounts.addCapability(bytes(3), second);
      log.delivery.put(1, frame("for the second"), [], [second]);
      log.delivery.put(2, frame("for both"), [], [first, second]);
    });
    log.transaction(() => log.accounts.dropDevice(second));
    expect(log.accounts.addressDevice(bytes(1, 16))).toBeUndefined();
    expect(log.accounts.capabilityAccount(bytes(3))).toBeUndefined();
    expect(log.accounts.countPackages(second, 1)).toBe(0);
    expect(log.delivery.queueLength(second)).toBe(0);
    expect(log.delivery.backlog(first, 0, 9)).toEqual([{ id: 2, frame: frame("for both") }]);
    expect(log.transaction(() => log.accounts.addDevice(account, bytes(77), bytes(78)))).toBeGreaterThan(second);
  });

  test("[DS26] [DS211] all that a sign-in asks is answered at once", () => {
    const { log, account, first, second } = withDevices(open, 2);
    const arrival = () => log.transaction(() => log.accounts.arrival(account, first, 500));
    expect(arrival()).toMatchObject({ isSuspended: false, entryCount: 0, keyPackagesLeft: 0 });
    log.transaction(() => {
      log.accounts.putEntries(account, 0, [bytes(1, 5), bytes(2, 5)]);
      log.accounts.setPair(first, bytes(1, 16), bytes(2, 16));
      log.accounts.addExpired(first, 3);
      log.accounts.addPackage(first, bytes(1), 500, false);
      log.accounts.addPackage(first, bytes(2), 499, false);
      log.accounts.addPackage(first, bytes(3), 900, true);
      log.accounts.addPackage(second, bytes(4), 900, false);
      log.accounts.setSuspended(account, true);
    });
    const device = log.accounts.devices(account).find(({ ref }) => ref === first);
    expect(arrival()).toEqual({ device: device as DeviceRow, isSuspended: true, entryCount: 2, keyPackagesLeft: 1 });
    expect(log.accounts.arrival(account + 1, first, 500)).toBeUndefined();
    log.transaction(() => log.accounts.dropDevice(first));
    expect(arrival()).toBeUndefined();
  });

  test("[DS26] the pair and the count of expired envelopes are kept", () => {
    const { log, account, first } = withDevices(open, 1);
    expect(log.accounts.devices(account)[0]).toMatchObject({ held: undefined, last: undefined, expired: 0 });
    log.transaction(() => {
      log.accounts.setPair(first, bytes(1, 16), bytes(2, 16));
      log.accounts.addExpired(first, -7);
      log.accounts.addExpired(first, 3);
      log.accounts.addExpired(first, -1);
    });
    expect(log.accounts.devices(account)[0]).toMatchObject({ last: bytes(1, 16), held: bytes(2, 16), expired: 2 });
  });

  test("[PE95] as many as another server says were given up, the count of a device has room for what a day adds", () => {
    const { log, account, first } = withDevices(open, 1);
    const most = 1_000_000_000;
    const counts = [];
    for (const more of [0xffff_ffff, 0x7fff_ffff, 1, -most, 5, -0xffff_ffff, 2]) {
      log.transaction(() => log.accounts.addExpired(first, more));
      counts.push(log.accounts.devices(account)[0]?.expired);
    }
    expect(counts).toEqual([most, most, most, 0, 5, 0, 2]);
  });
}

function holdingCases(open: () => LogUnderTest): void {
  test("[DS3] an address belongs to one device; any device of the account removes it", () => {
    const { log, account, first, second } = withDevices(open, 2);
    log.transaction(() => {
      expect(log.accounts.addAddress(bytes(1, 16), first)).toBe("added");
      expect(log.accounts.addAddress(bytes(1, 16), first)).toBe("known");
      expect(log.accounts.addAddress(bytes(1, 16), second)).toBe("taken");
    });
    expect(log.accounts.countAddresses(first)).toBe(1);
    expect(log.transaction(() => log.accounts.removeAddress(bytes(1, 16), account + 1))).toBeUndefined();
    expect(log.transaction(() => log.accounts.removeAddress(bytes(1, 16), account))).toBe(first);
    expect(log.accounts.addressDevice(bytes(1, 16))).toBeUndefined();
  });

  test("[DS29] packages are drawn oldest first, once, and not after they expired", () => {
    const { log, first } = withDevices(open, 1);
    log.transaction(() => {
      log.accounts.addPackage(first, bytes(1), 9, false);
      log.accounts.addPackage(first, bytes(2), 20, false);
      log.accounts.addPackage(first, bytes(3), 20, false);
      log.accounts.addPackage(first, bytes(4), 20, true);
    });
    expect(log.accounts.countPackages(first, 10)).toBe(2);
    log.transaction(() => {
      expect(log.accounts.drawPackage(first, 10)).toEqual(bytes(2));
      expect(log.accounts.drawPackage(first, 10)).toEqual(bytes(3));
      expect(log.accounts.drawPackage(first, 10)).toBeUndefined();
      expect(log.accounts.lastResort(first, 10)).toEqual(bytes(4));
      expect(log.accounts.lastResort(first, 10)).toEqual(bytes(4));
      expect(log.accounts.lastResort(first, 21)).toBeUndefined();
      log.accounts.dropExpiredPackages(21);
      expect(log.accounts.lastResort(first, 10)).toBeUndefined();
    });
  });

  test("[DS29] the newest single-use packages are kept, and one last-resort package", () => {
    const { log, first } = withDevices(open, 1);
    log.transaction(() => {
      for (let i = 1; i <= 6; i++) log.accounts.addPackage(first, bytes(i), 20, false);
      for (let i = 7; i <= 8; i++) log.accounts.addPackage(first, bytes(i), 20, true);
      log.accounts.trimPackages(first, 2);
      expect(log.accounts.drawPackage(first, 1)).toEqual(bytes(5));
      expect(log.accounts.lastResort(first, 1)).toEqual(bytes(8));
      log.accounts.dropPackages(first, false);
      expect(log.accounts.countPackages(first, 1)).toBe(0);
      expect(log.accounts.lastResort(first, 1)).toEqual(bytes(8));
    });
  });

  test("[DS29] a package that is offered again is there once, and drawn once", () => {
    const { log, first } = withDevices(open, 1);
    log.transaction(() => {
      for (const body of [1, 2, 1]) log.accounts.addPackage(first, bytes(body), 20, false);
      log.accounts.addPackage(first, bytes(1), 20, true); // Of another sort.
      expect(log.accounts.countPackages(first, 1)).toBe(2);
      for (const body of [1, 2]) expect(log.accounts.drawPackage(first, 1)).toEqual(bytes(body));
      expect(log.accounts.drawPackage(first, 1)).toBeUndefined();
    });
  });

  test("[DS5] draws of a capability are counted by the day", () => {
    const { log, account, first } = withDevices(open, 1);
    log.transaction(() => {
      log.accounts.addCapability(bytes(1), first);
      expect(log.accounts.capabilityAccount(bytes(1))).toBe(account);
      expect([1, 1, 1, 2].map((day) => log.accounts.countDraw(bytes(1), day))).toEqual([0, 1, 2, 0]);
      log.accounts.removeCapability(bytes(1), account + 1, 5);
      expect(log.accounts.capabilityAccount(bytes(1))).toBe(account);
      log.accounts.removeCapability(bytes(1), account, 5);
      expect(log.accounts.capabilityAccount(bytes(1))).toBeUndefined();
      expect([log.accounts.countCapabilities(first), log.accounts.countDraw(bytes(1), 6)]).toEqual([0, 0]);
      log.accounts.dropEndedCapabilities(5);
      log.accounts.addCapability(bytes(1), first);
      expect(log.accounts.capabilityAccount(bytes(1))).toBe(account);
    });
  });
}

function restCases(open: () => LogUnderTest): void {
  test("[DS108] what went with a device is its account's alone, until ninety days are over", () => {
    const { log, account, first, second } = withDevices(open, 2);
    const [other] = log.transaction(() => {
      const stranger = log.accounts.create(bytes(90), bytes(91, 3));
      return [log.accounts.addDevice(stranger, bytes(92), bytes(93))];
    });
    log.transaction(() => {
      for (const value of [3, 4]) log.accounts.addCapability(bytes(value), second);
      log.accounts.removeCapability(bytes(4), account, 2);
      log.accounts.dropDevice(second, 10);
      for (const value of [3, 4]) log.accounts.addCapability(bytes(value), other as number);
    });
    const owners = () => [3, 4].map((value) => log.accounts.capabilityAccount(bytes(value)));
    expect(owners()).toEqual([undefined, undefined]);
    const told = log.accounts.exportOf(account).after("capabilities", [null]);
    expect(told?.row).toEqual([bytes(3), -account, 10, -1]);
    // The day on which one was taken back counts, not that of the device.
    log.transaction(() => {
      log.accounts.dropEndedCapabilities(5);
      log.accounts.addCapability(bytes(4), other as number);
      log.accounts.addCapability(bytes(3), first);
    });
    expect(owners()).toEqual([account, log.accounts.capabilityAccount(bytes(4))]);
    expect(owners()[1]).not.toBe(account);
  });

  test("[DS108] of one account so many rest as a device may have; the account takes them along", () => {
    const { log, account, second } = withDevices(open, 2);
    log.transaction(() => {
      let device = second;
      for (let i = 0; i < 5_000; i++) {
        log.accounts.addCapability(numbered(i), device);
        if (i % 1_000 < 999) continue;
        log.accounts.dropDevice(device, 1 + i);
        device = log.accounts.addDevice(account, numbered(10_000 + i), bytes(9));
      }
    });
    const restedOf = () => {
      const counts = countsIn(log.accounts.exportOf(account).counts());
      return counts.find(({ table }) => table === "capabilities")?.rows;
    };
    expect(restedOf()).toBe(4_096);
    log.transaction(() => {
      for (const { ref } of log.accounts.devices(account)) log.accounts.dropDevice(ref);
      log.accounts.drop(account);
    });
    expect(restedOf()).toBe(0);
  }, 60_000);
}

function countCases(open: () => LogUnderTest): void {
  test("[DS70] what is kept of an account is counted in whole numbers, rows and bytes", () => {
    const { log, account, first } = withDevices(open, 2);
    log.transaction(() => {
      for (let i = 0; i < 3; i++) log.accounts.addAddress(bytes(i, 16), first);
      log.features.backup.appendSegment(account, bytes(7, 40));
      for (const id of [11, 12]) log.delivery.put(id, frame("for one"), [], [first]);
    });
    const counts = new Map(countsIn(log.accounts.exportOf(account).counts()).map(({ table, ...of }) => [table, of]));
    const digits = (...values: number[]) => values.join("").length;
    expect(counts.get("addresses")).toEqual({ rows: 3, bytes: 3 * (16 + digits(first, 0)) });
    expect(counts.get("segments")).toEqual({ rows: 1, bytes: 40 + digits(account, 0) });
    expect(counts.get("queue")).toEqual({ rows: 2, bytes: 2 * digits(first, 11) });
    expect(counts.get("envelopes")).toEqual({ rows: 2, bytes: 2 * ("for one".length + digits(11)) });
    expect([...counts.values()].filter(({ rows, bytes: of }) => ![rows, of].every(Number.isSafeInteger))).toEqual([]);
  });
}

function numbered(value: number): Uint8Array {
  const made = new Uint8Array(32);
  new DataView(made.buffer).setUint32(0, value);
  return made;
}

function gateCases(open: () => LogUnderTest): void {
  test("[DS10] a gate is read back as it was written, until a year forgot it", () => {
    const { log } = open();
    const gate = { id: bytes(1), epoch: 7, postKey: bytes(2), tokenHash: bytes(3), lastHash: bytes(4), usedDay: 100 };
    log.transaction(() => log.delivery.putGate(gate));
    log.transaction(() => log.delivery.putGate({ ...gate, epoch: 8 }));
    expect(log.delivery.gate(bytes(1))).toEqual({ ...gate, epoch: 8 });
    expect(log.transaction(() => log.delivery.dropGates(100))).toBe(0);
    expect(log.transaction(() => log.delivery.dropGates(101))).toBe(1);
    expect(log.delivery.gate(bytes(1))).toBeUndefined();
  });
}

function queueCases(open: () => LogUnderTest): void {
  test("[DS18] ids are reserved once, also across a crash", () => {
    const { log, again } = open();
    const first = log.transaction(() => log.delivery.reserveIds(10));
    expect(first).toBeGreaterThan(0);
    const other = again();
    expect(other.transaction(() => other.delivery.reserveIds(10))).toBeGreaterThanOrEqual(first + 10);
  });

  test("[DS19] an envelope goes with its last row", () => {
    const { log, first, second } = withDevices(open, 2);
    log.transaction(() => log.delivery.put(5, frame("a"), [], [first, second]));
    for (const round of [1, 2]) {
      log.transaction(() => log.delivery.ack(first, 5, 5));
      expect([round, log.delivery.queueLength(first)]).toEqual([round, 0]);
    }
    expect(log.delivery.backlog(second, 0, 9)).toHaveLength(1);
    log.transaction(() => log.delivery.ack(second, 0, 100));
    log.transaction(() => log.delivery.spill(second, [5]));
    expect(log.delivery.backlog(second, 0, 9)).toEqual([]); // Only the row came back: no envelope is behind it.
  });

  test("[DS19] an envelope stays while a packed list or a row needs it", () => {
    const { log, first, second } = withDevices(open, 2);
    log.transaction(() => {
      log.delivery.put(1, frame("row last"), [first], [second]);
      log.delivery.finishPacked(1, 1);
    });
    expect(log.delivery.backlog(second, 0, 9)).toHaveLength(1);
    log.transaction(() => {
      log.delivery.put(2, frame("packed last"), [first], [second]);
      log.delivery.ack(second, 2, 2);
      log.delivery.spill(first, [2]);
      log.delivery.finishPacked(2, 2);
    });
    expect(log.delivery.backlog(first, 0, 9)).toEqual([{ id: 2, frame: frame("packed last") }]);
  });

  test("[DS19] of envelopes that are finished together each goes, but for those that a row needs", () => {
    const { log, again, first, second } = withDevices(open, 2);
    log.transaction(() => {
      for (const id of [1, 2, 3, 5]) log.delivery.put(id, frame(`message ${id}`), [first], id === 2 ? [second] : []);
      log.delivery.finishPacked(1, 3);
    });
    const after = again();
    expect(after.transaction(() => after.delivery.recover())).toBe(1);
    expect(log.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([5]);
    expect(log.delivery.backlog(second, 0, 9)).toEqual([{ id: 2, frame: frame("message 2") }]);
    after.transaction(() => after.delivery.spill(first, [1, 2, 3]));
    expect(log.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([2, 5]); // No bytes stand behind 1 and 3.
  });

  test("[DS19] acknowledging a range of rows lets go what nobody else waits for, and nothing between", () => {
    const { log, again, first, second } = withDevices(open, 2);
    log.transaction(() => {
      log.delivery.put(1, frame("both"), [], [first, second]);
      log.delivery.put(2, frame("another's"), [], [second]);
      log.delivery.put(3, frame("mine"), [], [first]);
      log.delivery.put(4, frame("pushed to the other"), [second], [first]);
    });
    log.transaction(() => log.delivery.ack(first, 1, 4));
    expect(log.delivery.queueLength(first)).toBe(0);
    expect(log.delivery.backlog(second, 0, 9).map(({ id }) => id)).toEqual([1, 2]);
    const after = again();
    expect(after.transaction(() => after.delivery.recover())).toBe(1);
    expect(log.delivery.backlog(second, 0, 9).map(({ id }) => id)).toEqual([1, 2, 4]);
    after.transaction(() => after.delivery.spill(first, [3]));
    expect(log.delivery.backlog(first, 0, 9)).toEqual([]);
  });

  test("[DS19] after a crash packed lists are rows, each once", () => {
    const { log, again, first, second } = withDevices(open, 2);
    log.transaction(() => {
      log.delivery.put(1, frame("a"), [first, second], []);
      log.delivery.put(2, frame("b"), [first], [second]);
      log.delivery.spill(first, [1]); // And the process died before the list could go.
    });
    const after = again();
    expect(after.transaction(() => after.delivery.recover())).toBe(2);
    expect(after.transaction(() => after.delivery.recover())).toBe(0);
    expect(after.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([1, 2]);
    expect(after.delivery.backlog(second, 0, 9).map(({ id }) => id)).toEqual([1, 2]);
    after.transaction(() => {
      after.delivery.ack(first, 1, 1);
      after.delivery.ack(second, 1, 1);
      after.delivery.spill(first, [1]);
    });
    expect(after.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([2]);
  });

  test("[DS21] a backlog is read in the order of ids, from after one, up to a limit", () => {
    const { log, first } = withDevices(open, 1);
    log.transaction(() => {
      for (const id of [3, 9, 4, 7]) log.delivery.put(id, frame(`${id}`), [], [first]);
    });
    expect(log.delivery.backlog(first, 3, 2).map(({ id }) => id)).toEqual([4, 7]);
    expect(log.delivery.queueLength(first)).toBe(4);
    expect(log.delivery.queueBytes(first)).toBe(4 * frame("3").length);
  });

  test("[DS23] what came before a day goes, and it is said who lost how many", () => {
    const { log, first, second } = withDevices(open, 2);
    log.transaction(() => {
      log.delivery.markDay(10, 1);
      log.delivery.put(1, frame("old"), [], [first, second]);
      log.delivery.put(2, frame("old"), [], [first]);
      log.delivery.markDay(11, 3);
      log.delivery.put(3, frame("new"), [], [first]);
    });
    expect(log.transaction(() => log.delivery.expire(10))).toEqual([]);
    const lost = log.transaction(() => log.delivery.expire(11));
    expect([...lost].sort((a, b) => a.device - b.device)).toEqual([
      { device: first, count: 2 },
      { device: second, count: 1 },
    ]);
    expect(log.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([3]);
  });
}

function countsIn(counting: Generator<void, readonly TableCount[]>): readonly TableCount[] {
  for (;;) {
    const step = counting.next();
    if (step.done === true) return step.value;
  }
}

function sinceCases(open: () => LogUnderTest): void {
  test("[DS141] [DS142] an account knows since which day it is here, and whether it is suspended", () => {
    const { log } = open();
    const [young, old] = log.transaction(() => [
      log.accounts.create(bytes(1), bytes(2), 20_000),
      log.accounts.create(bytes(3), bytes(4)),
    ]);
    expect(log.accounts.byRef(young)).toMatchObject({ sinceDay: 20_000, isSuspended: false });
    expect(log.accounts.find(bytes(3))).toMatchObject({ ref: old, sinceDay: undefined, isSuspended: false });
    log.transaction(() => log.accounts.setSuspended(young, true));
    expect(log.accounts.find(bytes(1))).toMatchObject({ sinceDay: 20_000, isSuspended: true });
    log.transaction(() => log.accounts.setSuspended(young, false));
    expect(log.accounts.byRef(young)).toMatchObject({ isSuspended: false });
  });
}
