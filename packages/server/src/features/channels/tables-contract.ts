/** What the tables of Channels must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

const entry = (hash: number, seq: number, channel: number, more: object = {}) => ({
  hash: bytes(hash),
  channel,
  seq,
  kind: "film",
  bytes: bytes(hash, 60),
  films: [],
  ...more,
});
const head = (seq: number, hash: number) => ({
  seq,
  hash: bytes(hash),
  authors: [bytes(1), bytes(2)],
  day: 20_000,
  dayEntries: 1,
});

export function channelCases(open: () => LogUnderTest): void {
  test("[CH1] [CH21] a channel is kept with its authors and its newest entry, closed and allowed as the operator says", () => {
    const { log, again } = open();
    const { channels } = log.features;
    const ref = log.transaction(() => channels.open(bytes(7), bytes(8, 90), head(0, 9)));
    expect(channels.channels()).toBe(1);
    log.transaction(() => {
      channels.advance(ref, 0, head(1, 10));
      channels.setClosed(ref, true);
      channels.setListed(true);
      channels.setAllowed(bytes(3), true);
      channels.setAllowed(bytes(3), true);
    });
    expect(() => log.transaction(() => channels.advance(ref, 0, head(2, 11)))).toThrow();
    expect(() => log.transaction(() => channels.open(bytes(7), bytes(8, 90), head(0, 9)))).toThrow();
    const there = again().features.channels;
    expect(there.channel(bytes(7))).toMatchObject({
      seq: 1,
      hash: bytes(10),
      authors: [bytes(1), bytes(2)],
      isClosed: true,
    });
    expect(there.channel(bytes(6))).toBeUndefined();
    expect([there.isListed(), there.isAllowed(bytes(3)), there.isAllowed(bytes(4))]).toEqual([true, true, false]);
    log.transaction(() => channels.setAllowed(bytes(3), false));
    expect(channels.isAllowed(bytes(3))).toBe(false);
    expect(channels.list(10)).toMatchObject([{ ref, entries: 2 }]);
  });

  test("[CH7] entries wait in the order in which they came, stand in their pack's places, and leave their place when they go", () => {
    const { log, again } = open();
    const { channels } = log.features;
    const ref = log.transaction(() => channels.open(bytes(7), bytes(8, 90), head(0, 9)));
    log.transaction(() => {
      for (const hash of [30, 20, 10]) channels.addEntry(entry(hash, 30 - hash, ref));
      channels.addEntry(entry(40, 40, ref, { kind: "authors" }));
    });
    expect(() => log.transaction(() => channels.addEntry(entry(30, 99, ref)))).toThrow();
    expect(channels.isDue()).toEqual({ any: true, isUrgent: false });
    expect(channels.waiting(3).map(({ hash, bytes: length }) => [hash[0], length])).toEqual([
      [30, 60],
      [20, 60],
      [10, 60],
    ]);
    const pack = { n: 0, hash: bytes(50), said: bytes(51, 99), signature: bytes(52, 64), hour: 480_000 };
    log.transaction(() => {
      channels.waiting(10).forEach((one, at) => {
        channels.place(one.ref, 0, at);
      });
      channels.addPack(pack);
    });
    expect(() => log.transaction(() => channels.addPack({ ...pack, hash: bytes(53) }))).toThrow();
    expect(channels.isDue()).toEqual({ any: false, isUrgent: false });
    log.transaction(() => {
      channels.withdraw(bytes(20), 20_000);
      channels.remove(bytes(10), 20_030);
    });
    const there = again().features.channels;
    expect(there.entriesOf(0).map(({ hash, bytes: all }) => [hash[0], all.length])).toEqual([
      [30, 60],
      [20, 0],
      [10, 0],
      [40, 60],
    ]);
    expect([there.newest()?.n, there.pack(0)?.said, there.hourOf(0), there.pack(1)]).toEqual([
      0,
      bytes(51, 99),
      480_000,
      undefined,
    ]);
    expect(there.authorEntries(ref, 41)).toEqual([bytes(40, 60)]);
    expect(there.authorEntries(ref, 40)).toEqual([]);
    expect(there.offered(480_000, 0).map(({ hash }) => hash[0])).toEqual([30]);
    expect(there.offered(480_001, 0)).toEqual([]);
    expect(log.transaction(() => channels.restore(bytes(20)))).toBe(false);
    expect(log.transaction(() => channels.restore(bytes(10)))).toBe(true);
    log.transaction(() => channels.remove(bytes(10), 20_030));
    expect(log.transaction(() => channels.removedUntil(20_029, 9))).toEqual([]);
    expect(log.transaction(() => channels.removedUntil(20_030, 9))).toEqual([bytes(10)]);
    expect(log.transaction(() => channels.restore(bytes(10)))).toBe(false);
    expect(channels.entry(bytes(10))).toMatchObject({ state: 2, bytes: undefined, pack: 0 });
    expect(channels.entryAt(ref, 0)).toMatchObject({ hash: bytes(30), state: 0 });
    expect(channels.entriesIn(ref, 2).map(({ seq }) => seq)).toEqual([40, 20]);
  });

  test("[CH10] [CH16] a decision and a count wait for a pack, and are told once", () => {
    const { log } = open();
    const { channels } = log.features;
    const ref = log.transaction(() => channels.open(bytes(7), bytes(8, 90), head(0, 9)));
    log.transaction(() => {
      channels.addEntry(entry(30, 0, ref));
      channels.place(channels.waiting(1)[0]?.ref as number, 0, 0);
      channels.addDecision({ target: bytes(30), action: "label", reason: "a reason", appeal: "there" });
    });
    expect(channels.isDue()).toEqual({ any: true, isUrgent: true });
    const [decision] = channels.decisionsWaiting(9);
    expect(decision).toMatchObject({ target: bytes(30), action: "label", reason: "a reason", appeal: "there" });
    log.transaction(() => channels.setDecisionPack(decision?.ref as number, 0));
    expect(channels.isDue().any).toBe(false);
    log.transaction(() => {
      for (const mark of [1, 1, 2]) channels.mark(bytes(mark, 16), 684, bytes(30), "like", 1);
      channels.mark(bytes(3, 16), 684, bytes(30), "view", 1);
      channels.mark(bytes(9, 16), 684, bytes(30), "like", -1);
    });
    expect(channels.countsChanged(9)).toEqual([{ entry: bytes(30), likes: 2, views: 1 }]);
    log.transaction(() => channels.countsTold({ entry: bytes(30), likes: 2, views: 1 }));
    expect([channels.isDue().any, channels.countsChanged(9)]).toEqual([false, []]);
    log.transaction(() => channels.mark(bytes(2, 16), 684, bytes(30), "like", -1));
    expect(channels.countsChanged(9)).toEqual([{ entry: bytes(30), likes: 1, views: 1 }]);
    log.transaction(() => channels.forgetMarks(685));
    log.transaction(() => channels.mark(bytes(1, 16), 685, bytes(30), "like", 1));
    expect(channels.countsChanged(9)).toEqual([{ entry: bytes(30), likes: 2, views: 1 }]);
  });

  test("[CH19] a film goes on where it stopped, is shown while an entry names it, and is let go when none does", () => {
    const { log } = open();
    const { channels } = log.features;
    const film = { hash: bytes(60), bytes: 40_000, list: bytes(61, 64) };
    const ref = log.transaction(() => channels.open(bytes(7), bytes(8, 90), head(0, 9)));
    log.transaction(() => {
      channels.addFilm(film, 20_000);
      channels.addFilm(film, 20_000);
    });
    expect(log.transaction(() => channels.advanceFilm(film.hash, 1, 2, 5))).toBe(false);
    expect(log.transaction(() => channels.advanceFilm(film.hash, 0, 2, 40_000))).toBe(true);
    expect([channels.film(film.hash)?.chunks, channels.isShown(film.hash)]).toEqual([2, false]);
    expect(channels.filmTotals()).toEqual({ films: 1, bytes: 40_000 });
    log.transaction(() => channels.addEntry(entry(30, 0, ref, { films: [film.hash] })));
    expect(channels.isShown(film.hash)).toBe(true);
    expect(log.transaction(() => channels.leaveFilms(99_999, 9))).toEqual([]);
    log.transaction(() => channels.withdraw(bytes(30), 20_005));
    expect(channels.isShown(film.hash)).toBe(false);
    expect(log.transaction(() => channels.leaveFilms(20_004, 9))).toEqual([]);
    const gone = log.transaction(() => channels.leaveFilms(20_005, 9));
    expect(gone).toEqual([{ ...film, chunks: -3 }]);
    expect(log.transaction(() => channels.leaveFilms(0, 9))).toEqual(gone); // It was cut off in between.
    log.transaction(() => channels.dropFilm({ ...film, chunks: -3 }, 40_000));
    expect([channels.film(film.hash), channels.filmTotals()]).toEqual([undefined, { films: 0, bytes: 0 }]);
  });

  test("[CH70] [CH72] what is kept of another home stands apart, and a film goes with the last entry that names it", () => {
    const { log, again } = open();
    const { mirror } = log.features.channels;
    const pack = { hash: bytes(50), said: bytes(51, 99), signature: bytes(52, 64), roots: bytes(53, 5) };
    log.transaction(() => {
      for (const home of ["a.example", "b.example"]) mirror.addHome(home, bytes(0, 0));
      mirror.addHome("a.example", bytes(9));
      mirror.setKey("a.example", bytes(1));
      mirror.setChannels("a.example", [bytes(7), bytes(8)]);
      mirror.addPack("a.example", 0, 480_000, pack);
      mirror.addEntry("a.example", { n: 0, place: 1 }, { hash: bytes(31), channel: bytes(7), bytes: undefined });
      mirror.addEntry("a.example", { n: 0, place: 0 }, { hash: bytes(30), channel: bytes(7), bytes: bytes(30, 60) });
      for (const entry of [30, 31]) mirror.use("a.example", bytes(60), 40_000, bytes(entry));
      mirror.heard("a.example", 5);
      mirror.setFault("b.example", "forked");
    });
    const there = again().features.channels.mirror;
    expect(there.homes()).toEqual([
      {
        home: "a.example",
        key: bytes(1),
        next: 1,
        hash: bytes(50),
        hour: 480_000,
        channels: [bytes(7), bytes(8)],
        fault: "",
        heardMs: 5,
      },
      {
        home: "b.example",
        key: bytes(0, 0),
        next: 0,
        hash: bytes(0, 0),
        hour: 0,
        channels: [],
        fault: "forked",
        heardMs: 0,
      },
    ]);
    expect([there.home("c.example"), there.pack("a.example", 0), there.pack("b.example", 0)]).toEqual([
      undefined,
      pack,
      undefined,
    ]);
    expect(there.entries("a.example", 0)).toEqual([bytes(30, 60), bytes(0, 0)]);
    expect(there.entry("a.example", bytes(30))).toEqual({
      n: 0,
      channel: bytes(7),
      bytes: bytes(30, 60),
      isWithdrawn: false,
    });
    expect(mirror.wanted("a.example", 9)).toMatchObject([{ home: "a.example", film: bytes(60), chunks: 0 }]);
    log.transaction(() => {
      mirror.setList("a.example", bytes(60), bytes(61, 68));
      mirror.tried("a.example", bytes(60));
      mirror.advance("a.example", bytes(60), 2);
    });
    expect([mirror.wanted("a.example", 9), mirror.totals()]).toEqual([[], { films: 1, bytes: 40_000 }]);
    expect(mirror.film("a.example", bytes(60))).toMatchObject({ list: bytes(61, 68), chunks: 2 });
    log.transaction(() => {
      mirror.setEntry("a.example", bytes(30), undefined);
      mirror.unuse("a.example", bytes(30));
    });
    expect(mirror.entry("a.example", bytes(30))).toMatchObject({ bytes: undefined, isWithdrawn: false });
    // What was removed may come back, and what its author withdrew does not.
    log.transaction(() => mirror.setEntry("a.example", bytes(30), bytes(30, 60)));
    expect(mirror.entry("a.example", bytes(30))).toMatchObject({ bytes: bytes(30, 60), isWithdrawn: false });
    log.transaction(() => mirror.withdraw("a.example", bytes(30)));
    for (const back of [bytes(30, 60), undefined]) log.transaction(() => mirror.setEntry("a.example", bytes(30), back));
    expect(mirror.entry("a.example", bytes(30))).toMatchObject({ bytes: undefined, isWithdrawn: true });
    expect([mirror.unused(9), mirror.entries("a.example", 0)]).toEqual([[], [bytes(0, 0), bytes(0, 0)]]);
    log.transaction(() => mirror.dropHome("a.example"));
    expect(mirror.film("a.example", bytes(60))).toBeUndefined();
    expect(mirror.unused(9)).toMatchObject([{ home: "a.example", film: bytes(60), chunks: 2 }]);
    log.transaction(() => mirror.dropFilm("a.example", bytes(60)));
    expect([mirror.totals(), mirror.homes().length]).toEqual([{ films: 0, bytes: 0 }, 1]);
  });

  test("[CH77] the oldest pack goes with its entries, and with what no later pack names", () => {
    const { log } = open();
    const { mirror } = log.features.channels;
    const pack = { hash: bytes(50), said: bytes(51, 99), signature: bytes(52, 64), roots: bytes(53, 5) };
    log.transaction(() => {
      for (const home of ["a.example", "b.example"]) {
        mirror.addHome(home, bytes(9));
        for (const n of [0, 1]) mirror.addPack(home, n, 480_000, pack);
        mirror.addEntry(home, { n: 0, place: 0 }, { hash: bytes(30), channel: bytes(7), bytes: bytes(30, 60) });
        mirror.addEntry(home, { n: 0, place: 1 }, { hash: bytes(31), channel: bytes(7), bytes: undefined });
        for (const [n, place] of [
          [0, 2],
          [1, 0],
        ] as const)
          mirror.addEntry(home, { n, place }, { hash: bytes(32), channel: bytes(7), bytes: bytes(32, 10) });
        for (const entry of [30, 32]) mirror.use(home, bytes(60 + entry), 40_000, bytes(entry));
      }
    });
    expect([mirror.oldestPack("a.example"), mirror.oldestPack("c.example")]).toEqual([
      { n: 0, said: bytes(51, 99) },
      undefined,
    ]);
    expect([mirror.packsBytes("a.example"), mirror.packsBytes("c.example")]).toEqual([2 * 168 + 60 + 2 * 10, 0]);
    log.transaction(() => mirror.dropPack("a.example", 0));
    expect([mirror.pack("a.example", 0), mirror.entries("a.example", 0)]).toEqual([undefined, []]);
    expect(mirror.oldestPack("a.example")?.n).toBe(1);
    expect(mirror.unused(9)).toMatchObject([{ home: "a.example", film: bytes(90) }]);
    expect([mirror.packsBytes("a.example"), mirror.packsBytes("b.example")]).toEqual([178, 416]);
  });

  test("[CH15] an account's drawing is kept for its month, and gone with the account", () => {
    const { log, account } = withDevices(open, 1);
    const { channels } = log.features;
    log.transaction(() => channels.setDrawn(account, 684, bytes(1)));
    log.transaction(() => channels.setDrawn(account, 685, bytes(2)));
    expect(channels.drawn(account)).toEqual({ month: 685, asked: bytes(2) });
    log.transaction(() => channels.forgetMarks(686));
    expect(channels.drawn(account)).toBeUndefined();
  });
}
