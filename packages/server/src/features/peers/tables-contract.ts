/** What the tables of peers must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
import { encodeStreamRow } from "@yanshu/wire";
import { bytes, type LogUnderTest, withDevices } from "../../log/log-contract.ts";

export function peerCases(open: () => LogUnderTest): void {
  test("[PE4] a server is known by the key that it showed first, whatever the operator says of it, until it is met anew", () => {
    const { log, again } = withDevices(open, 0);
    const { peers } = log.features;
    expect(peers.of("north.example")).toBeUndefined();
    log.transaction(() => peers.pin("north.example", bytes(1), 20_000));
    log.transaction(() => {
      peers.setPolicy("north.example", "denied");
      peers.setPolicy("east.example", "allowed");
    });
    const north = { name: "north.example", policy: "denied", signKey: bytes(1), sinceDay: 20_000 };
    const east = { name: "east.example", policy: "allowed", signKey: undefined, sinceDay: undefined };
    expect(again().features.peers.all()).toMatchObject([east, north]);
    log.transaction(() => peers.unpin("north.example"));
    expect(peers.of("north.example")).toMatchObject({ ...north, signKey: undefined });
    log.transaction(() => peers.pin("north.example", bytes(2), 20_009));
    expect(again().features.peers.of("north.example")).toMatchObject({ ...north, signKey: bytes(2) });
  });
  streamCases(open);
}

const part = (value: number) => ({ server: "north.example", list: bytes(value), addresses: bytes(value, 32) });
const row = { mode: "commit" as const, gate: bytes(5), epoch: 7, envelope: bytes(6, 100) };

function streamCases(open: () => LogUnderTest): void {
  test("[PE20] what waits for a server has numbers of its own, in their order, and goes once it is acknowledged", () => {
    const { log, again } = withDevices(open, 0);
    const { peers } = log.features;
    expect(peers.state(1)).toMatchObject({ outN: 0, outDone: 0, waitingRows: 0, inN: 0 });
    log.transaction(() => {
      const envelope = peers.keepEnvelope(row.envelope);
      for (const peer of [1, 2]) peers.put(peer, part(1), row, envelope, 20_000);
      peers.put(1, part(2), row, peers.keepEnvelope(row.envelope), 20_001);
    });
    const { peers: stays } = again().features;
    expect(stays.waiting()).toEqual([1, 2]);
    expect(stays.rows(1, 0, 9, 10_000).map(({ n, list }) => [n, list])).toEqual([
      [1, bytes(1)],
      [2, bytes(2)],
    ]);
    expect(stays.rows(1, 1, 9, 10_000)).toHaveLength(1);
    expect([stays.rows(1, 0, 9, 1), stays.rows(1, 0, 1, 10_000)].map(({ length }) => length)).toEqual([1, 1]);
    expect(stays.rows(2, 0, 9, 10_000)[0]?.bytes).toEqual(
      encodeStreamRow({ kind: "envelope", list: bytes(1), ...row }),
    );
    expect(stays.addresses(bytes(1))).toEqual(bytes(1, 32));
    log.transaction(() => {
      peers.restart(1, bytes(8, 16), bytes(0, 16));
      peers.done(1, 1, bytes(9, 16));
    });
    expect(peers.state(1)).toMatchObject({ outStream: bytes(8, 16), outN: 2, outDone: 1, outChain: bytes(9, 16) });
    expect(peers.rows(1, 0, 9, 10_000).map(({ n }) => n)).toEqual([2]);
    // The other server's row has the same envelope and list still.
    expect(peers.rows(2, 0, 9, 10_000)[0]?.bytes.length).toBeGreaterThan(100);
    log.transaction(() => peers.done(2, 1, bytes(9, 16)));
    expect(peers.addresses(bytes(1))).toBeUndefined();
    expect(peers.addresses(bytes(2))).toEqual(bytes(2, 32));
    log.transaction(() => peers.done(1, 2, bytes(9, 16)));
    expect([peers.state(1), peers.state(2)]).toMatchObject([
      { waitingRows: 0, waitingBytes: 0 },
      { waitingRows: 0, waitingBytes: 0 },
    ]);
    expect(peers.waiting()).toEqual([]);
    log.transaction(() => peers.took(1, bytes(4, 16), 12, bytes(3, 16)));
    expect(again().features.peers.state(1)).toMatchObject({ inStream: bytes(4, 16), inN: 12, inChain: bytes(3, 16) });
  });

  test("[PE61] a line is one process's, until another takes it or it lets go of it", () => {
    const { log, again } = withDevices(open, 0);
    const { peers } = log.features;
    expect([peers.holder(1), peers.lines()]).toEqual([undefined, []]);
    log.transaction(() => {
      peers.setPolicy("north.example", "allowed"); // The first: its number is 1.
      peers.hold(1, 7);
      peers.hold(2, 7);
      peers.put(3, part(1), row, peers.keepEnvelope(row.envelope), 20_000);
      peers.put(2, part(1), row, peers.keepEnvelope(row.envelope), 20_000);
    });
    log.transaction(() => {
      peers.hold(1, 8);
      peers.letGo(1, 7); // Too late: it is another's.
    });
    const { peers: stays } = again().features;
    expect(stays.lines()).toEqual([
      { peer: 1, name: "north.example", gateway: 8, outN: 0, isWaiting: false },
      { peer: 2, name: undefined, gateway: 7, outN: 1, isWaiting: true },
      { peer: 3, name: undefined, gateway: undefined, outN: 1, isWaiting: true },
    ]);
    log.transaction(() => peers.letGo(1, 8));
    expect([peers.holder(1), peers.holder(2)]).toEqual([undefined, 7]);
  });

  test("[PE27] what is given up is counted for each list, and becomes rows behind the others", () => {
    const { log } = withDevices(open, 0);
    const { peers } = log.features;
    log.transaction(() => {
      for (const [list, day] of [
        [1, 20_000],
        [1, 20_000],
        [2, 20_001],
        [1, 20_005],
      ] as const)
        peers.put(1, part(list), row, peers.keepEnvelope(row.envelope), day);
      peers.drop(1, part(2), 4, 20_005);
    });
    log.transaction(() => peers.expire(20_002, 20_032));
    expect(peers.rows(1, 0, 9, 10_000).map(({ n }) => n)).toEqual([4]);
    expect(peers.state(1)).toMatchObject({ outChain: undefined, outDone: 3, waitingRows: 1 });
    log.transaction(() => peers.tellDrops(1, 20_006, 1_000_000));
    const [, first, second] = peers.rows(1, 0, 9, 10_000);
    expect(first?.bytes).toEqual(encodeStreamRow({ kind: "dropped", list: bytes(1), count: 2 }));
    expect(second?.bytes).toEqual(encodeStreamRow({ kind: "dropped", list: bytes(2), count: 5 }));
    log.transaction(() => peers.tellDrops(1, 20_006, 1_000_000));
    expect(peers.state(1).waitingRows).toBe(3);
    log.transaction(() => peers.done(1, 6, bytes(9, 16)));
    expect([peers.addresses(bytes(1)), peers.addresses(bytes(2))]).toEqual([undefined, undefined]);
  });

  test("[PE37] addresses at another server go: what was given up is counted thirty days more at most, then told or forgotten", () => {
    const { log } = withDevices(open, 0);
    const { peers } = log.features;
    const held = () => [1, 2, 3].map((list) => peers.addresses(bytes(list)) !== undefined);
    log.transaction(() => {
      peers.put(1, part(1), row, peers.keepEnvelope(row.envelope), 20_000);
      peers.drop(1, part(2), 4, 20_000);
      peers.drop(2, part(2), 1, 20_000);
      peers.drop(1, part(3), 1, 20_000);
      peers.drop(1, part(3), 1, 20_010);
    });
    log.transaction(() => peers.expire(20_000, 20_030));
    expect(held()).toEqual([true, true, true]);
    log.transaction(() => peers.expire(20_001, 20_031));
    expect([peers.state(1).waitingRows, held()]).toEqual([0, [true, false, true]]);
    log.transaction(() => peers.expire(20_011, 20_041));
    expect(held()).toEqual([true, false, false]);
    log.transaction(() => peers.expire(20_031, 20_061));
    expect(held()).toEqual([true, false, false]);
    log.transaction(() => peers.expire(20_032, 20_062));
    expect(held()).toEqual([false, false, false]);
    // What was told of and is not taken either goes without another count.
    log.transaction(() => {
      peers.drop(1, part(3), 2, 20_070);
      peers.tellDrops(1, 20_070, 1_000_000);
    });
    expect(peers.state(1).waitingRows).toBe(1);
    log.transaction(() => peers.expire(20_071, 20_101));
    expect([peers.state(1).waitingRows, held()]).toEqual([0, [false, false, false]]);
    log.transaction(() => peers.tellDrops(1, 20_101, 1_000_000));
    expect(peers.state(1)).toMatchObject({ waitingRows: 0, waitingBytes: 0 });
  });
}
