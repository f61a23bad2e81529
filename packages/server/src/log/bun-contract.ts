/**
 * The log's contract: what every adapter must do (docs/spec/delivery.md). An adapter's test calls it
 * with a way to open a database and to open the same one again.
 */
import { describe, expect, test } from "bun:test";
import type { DeviceRef, Log, TableCount } from "./log.ts";

export type LogUnderTest = {
  readonly log: Log;
  /** Closes nothing; opens the same database again, as after a crash. */
  readonly again: () => Log;
};

const bytes = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value);
const frame = (text: string): Uint8Array => new TextEncoder().encode(text);

export function logContract(name: string, open: () => LogUnderTest): void {
  describe(`log: ${name}`, () => {
    accountCases(open);
    holdingCases(open);
    restCases(open);
    gateCases(open);
    queueCases(open);
    vaultCases(open);
    inviteCases(open);
  });
}

function withDevices(open: () => LogUnderTest, count: number) {
  const { log, again } = open();
  const account = log.transaction(() => log.accounts.create(bytes(1), bytes(2, 40)));
  const devices = log.transaction(() =>
    Array.from({ length: count }, (_, i) => log.accounts.addDevice(account, bytes(10 + i), bytes(50 + i))),
  );
  return { log, again, account, devices, first: devices[0] as DeviceRef, second: devices[1] as DeviceRef };
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
}

function holdingCases(open: () => LogUnderTest): void {
  test("[DS51] handles are held, given up without what they led to, and forgotten by their day", () => {
    const { log, again, account } = withDevices(open, 0);
    log.transaction(() => {
      log.accounts.putHandle(bytes(1), account, bytes(9, 40));
      log.accounts.putHandle(bytes(2), account, undefined);
      log.accounts.putHandle(bytes(3), account + 1, bytes(8, 40));
      log.accounts.freeHandles(account, bytes(2), 100);
    });
    const { accounts } = again();
    expect(accounts.handle(bytes(1))).toEqual({ tag: bytes(1), account, record: undefined, isHeld: false });
    expect(accounts.handle(bytes(2))).toMatchObject({ record: undefined, isHeld: true });
    expect(accounts.handle(bytes(3))).toMatchObject({ account: account + 1, record: bytes(8, 40), isHeld: true });
    expect(accounts.countHandles(account)).toBe(2);
    log.transaction(() => log.accounts.dropHandles(100));
    expect(log.accounts.countHandles(account)).toBe(2);
    log.transaction(() => {
      log.accounts.freeHandles(account, undefined, 101);
      log.accounts.dropHandles(101);
    });
    expect(log.accounts.handle(bytes(1))).toBeUndefined();
    expect(log.accounts.handle(bytes(2))?.isHeld).toBe(false);
    log.transaction(() => log.accounts.putHandle(bytes(2), account, bytes(7, 40)));
    expect(log.accounts.handle(bytes(2))).toMatchObject({ record: bytes(7, 40), isHeld: true });
  });

  test("[ID35] an account has one passkey, which another takes the place of, and a tag leads to one account", () => {
    const { log, again, account } = withDevices(open, 0);
    expect(log.accounts.hasPasskey(account)).toBe(false);
    log.transaction(() => {
      log.accounts.putPasskey(account, bytes(1), bytes(8, 61));
      log.accounts.putPasskey(account, bytes(2), bytes(9, 61));
    });
    const { accounts } = again();
    expect(accounts.passkey(bytes(1))).toBeUndefined();
    expect(accounts.passkey(bytes(2))).toEqual({ account, wrap: bytes(9, 61) });
    expect([accounts.hasPasskey(account), accounts.hasPasskey(account + 1)]).toEqual([true, false]);
    expect(() => log.transaction(() => log.accounts.putPasskey(account + 1, bytes(2), bytes(7, 61)))).toThrow();
  });

  test("[DS66] [DS67] an account's family opens one thing, which another takes the place of with who asked for it", () => {
    const { log, again, account } = withDevices(open, 0);
    const asked = { id: bytes(5, 16), state: "waiting" as const, dueMs: 9_000 };
    expect(log.accounts.family(account)).toBeUndefined();
    log.transaction(() => {
      log.accounts.putFamily(account, bytes(1), bytes(8, 61));
      log.accounts.putFamilyRequest(account, asked);
    });
    const { accounts } = again();
    expect(accounts.familyOf(bytes(1))).toEqual({ account, wrap: bytes(8, 61), request: asked });
    log.transaction(() => log.accounts.dropFamilyRequests(9_000));
    expect(accounts.family(account)?.request).toEqual(asked);
    log.transaction(() => log.accounts.dropFamilyRequests(9_001));
    expect(accounts.family(account)).toEqual({ account, wrap: bytes(8, 61), request: undefined });
    log.transaction(() => {
      log.accounts.putFamilyRequest(account, { ...asked, state: "stopped" });
      log.accounts.putFamily(account, bytes(2), bytes(9, 61));
    });
    expect(accounts.familyOf(bytes(1))).toBeUndefined();
    expect(accounts.familyOf(bytes(2))).toEqual({ account, wrap: bytes(9, 61), request: undefined });
    expect(() => log.transaction(() => log.accounts.putFamily(account + 1, bytes(2), bytes(7, 61)))).toThrow();
    log.transaction(() => log.accounts.dropFamily(account));
    expect(accounts.familyOf(bytes(2))).toBeUndefined();
  });

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
    const told = log.accounts.everythingOf(account).after("capabilities", [null]);
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
      const counts = countsIn(log.accounts.everythingOf(account).counts());
      return counts.find(({ table }) => table === "capabilities")?.rows;
    };
    expect(restedOf()).toBe(4_096);
    log.transaction(() => {
      for (const { ref } of log.accounts.devices(account)) log.accounts.dropDevice(ref);
      log.accounts.drop(account);
    });
    expect(restedOf()).toBe(0);
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
      for (const id of [1, 2, 3, 5]) log.delivery.put(id, frame(`letter ${id}`), [first], id === 2 ? [second] : []);
      log.delivery.finishPacked(1, 3);
    });
    const after = again();
    expect(after.transaction(() => after.delivery.recover())).toBe(1);
    expect(log.delivery.backlog(first, 0, 9).map(({ id }) => id)).toEqual([5]);
    expect(log.delivery.backlog(second, 0, 9)).toEqual([{ id: 2, frame: frame("letter 2") }]);
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

function vaultCases(open: () => LogUnderTest): void {
  const most = { count: 10, bytes: 100 };

  test("[VA1] segments are read back from the newest, in pages, also after a crash; another account's are not among them", () => {
    const { log, again, account } = withDevices(open, 0);
    expect(log.vaults.vault(account)).toEqual({ isOn: true, start: 0, next: 0, bytes: 0 });
    log.transaction(() => {
      for (let i = 0; i < 5; i++) log.vaults.appendSegment(account, bytes(i, 40));
      log.vaults.appendSegment(account + 1, bytes(9, 40));
    });
    const { vaults } = again();
    expect(vaults.vault(account)).toEqual({ isOn: true, start: 0, next: 5, bytes: 200 });
    const places = (before: number) => vaults.segments(account, before, most).map(({ at }) => at);
    expect([places(5), places(3), places(1), places(0)]).toEqual([[4, 3], [2, 1], [0], []]);
    expect(vaults.segments(account, 5, { count: 10, bytes: 1 })).toEqual([{ at: 4, segment: bytes(4, 40) }]);
    expect(vaults.segments(account, 5, { count: 1, bytes: 1_000 })).toHaveLength(1);
  });

  test("[VA4] [VA5] a rewritten segment keeps its place, and an emptied vault goes on after it", () => {
    const { log, account } = withDevices(open, 0);
    log.transaction(() => {
      for (let i = 0; i < 3; i++) log.vaults.appendSegment(account, bytes(i, 40));
      log.vaults.putSegment(account, 1, bytes(7, 30));
    });
    expect(log.vaults.segment(account, 1)).toEqual(bytes(7, 30));
    expect(log.vaults.vault(account).bytes).toBe(110);
    log.transaction(() => {
      log.vaults.putRecord(account, bytes(5, 20));
      log.vaults.putRecord(account, bytes(6, 30));
      log.vaults.putRecord(account + 1, bytes(7, 30));
    });
    expect(log.vaults.record(account)).toEqual(bytes(6, 30));
    log.transaction(() => log.vaults.setVault(account, false));
    expect(log.vaults.record(account)).toBeUndefined();
    expect(log.vaults.record(account + 1)).toEqual(bytes(7, 30));
    expect(log.vaults.vault(account)).toEqual({ isOn: false, start: 3, next: 3, bytes: 0 });
    expect(log.vaults.segments(account, 9, most)).toEqual([]);
    log.transaction(() => {
      log.vaults.setVault(account, true);
      log.vaults.appendSegment(account, bytes(8, 40));
    });
    expect(log.vaults.vault(account)).toEqual({ isOn: true, start: 3, next: 4, bytes: 40 });
  });
}

function inviteCases(open: () => LogUnderTest): void {
  test("[DS140] an invitation counts itself, has another code from then on, ends, and is forgotten", () => {
    const { log, again } = open();
    const of = { people: 3, taken: 0, endsMs: 1_800_000_000_000, isEnded: false };
    const [ref, open1] = log.transaction(() => [
      log.accounts.addInvitation(bytes(1), 3, of.endsMs),
      log.accounts.addInvitation(bytes(2), undefined, undefined),
    ]);
    expect(log.accounts.invitation(bytes(1))).toEqual({ ...of, ref });
    log.transaction(() => log.accounts.countInvited(ref));
    expect(log.transaction(() => log.accounts.replaceInvitation(ref, bytes(3)))).toBe(true);
    expect(log.accounts.invitation(bytes(1))).toBeUndefined();
    expect(again().accounts.invitation(bytes(3))).toEqual({ ...of, ref, taken: 1 });
    expect(log.transaction(() => log.accounts.endInvitation(ref, 1_700_000_000_000))).toBe(true);
    expect(log.transaction(() => log.accounts.endInvitation(ref, 1_700_000_000_001))).toBe(false);
    expect(log.transaction(() => log.accounts.replaceInvitation(ref, bytes(4)))).toBe(false);
    expect(log.accounts.invitations()).toEqual([
      { ...of, ref, taken: 1, endsMs: 1_700_000_000_000, isEnded: true },
      { ref: open1, people: undefined, taken: 0, endsMs: undefined, isEnded: false },
    ]);
    log.transaction(() => log.accounts.dropInvitations(1_700_000_000_001));
    expect(log.accounts.invitations().map((row) => row.ref)).toEqual([open1]);
  });

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
