/** What the tables of peers must do, in each database (docs/spec/delivery.md DS34). */
import { expect, test } from "bun:test";
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
}
