/** Address lists in memory: what a change of addresses makes of them, and at what cost. */
import { expect, test } from "bun:test";
import type { Address } from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import { AddressLists } from "./address-lists.ts";

const addressOf = (n: number): Address => new Uint8Array(16).fill(n);

test("[DS189] two hundred addresses that are taken back at once are sought in no list, and gone from each that is used again", () => {
  const ends = new Map([1, 2, 3].map((n) => [addressOf(n).join(), { device: n, wakes: false }] as const));
  let looks = 0;
  const addressEnd = (address: Address) => {
    looks++;
    return ends.get(address.join());
  };
  const lists = new AddressLists({ addressEnd }, nodePrimitives.sha256, 1 << 20, () => undefined);
  const hashes = [
    [1, 2],
    [2, 3],
  ].map((all) => lists.upload(all.map(addressOf)));
  const devices = () => hashes.map((hash) => lists.find(hash)?.devices);
  expect(devices()).toEqual([
    [1, 2],
    [2, 3],
  ]);
  let reads = 0;
  for (const hash of hashes) {
    const list = lists.find(hash) as { addresses: Uint8Array };
    const { addresses } = list;
    Object.defineProperty(list, "addresses", {
      get: () => {
        reads++;
        return addresses;
      },
    });
  }
  ends.delete(addressOf(1).join());
  looks = 0;
  lists.addressesRemoved(new Set([1]));
  expect([looks, reads]).toEqual([0, 0]);
  expect(devices()).toEqual([[2], [2, 3]]);
  expect([looks, reads]).toEqual([2, 1]); // The other one is as it was.
  lists.addressesRemoved(new Set());
  devices();
  expect(looks).toBe(2);
});
