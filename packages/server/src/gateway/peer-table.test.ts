import { expect, test } from "bun:test";
import { PeerTable } from "./peer-table.ts";

test("[CA182] the front's memory says whose a connection is, and of no other connection anything", () => {
  const front = new PeerTable();
  const other = new PeerTable(front.memory);
  for (const [address, read] of [
    ["203.0.113.7", "203.0.113.7"],
    ["255.255.255.255", "255.255.255.255"],
    ["::ffff:198.51.100.9", "198.51.100.9"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"],
    ["2001:db8::1", "2001:db8:0:0:0:0:0:1"],
    ["fe80::ffff:1%eth0", "fe80:0:0:0:0:0:ffff:1"],
    ["::1", "0:0:0:0:0:0:0:1"],
  ] as const) {
    front.put(40_000, address);
    expect(other.peerOf("127.0.0.1", 40_000)).toBe(read);
  }
  expect(other.peerOf("127.0.0.1", 40_001)).toBeUndefined();
  // The same port of another address of this machine is not the front's.
  for (const address of ["127.0.0.2", "::1", "203.0.113.7", undefined])
    expect(other.peerOf(address, 40_000)).toBeUndefined();
  front.put(40_001, "203.0.113.9");
  other.clear();
  expect(front.peerOf("127.0.0.1", 40_001)).toBeUndefined();
  front.put(40_000, "203.0.113.7");
  front.remove(40_000);
  expect(other.peerOf("127.0.0.1", 40_000)).toBeUndefined();
});
