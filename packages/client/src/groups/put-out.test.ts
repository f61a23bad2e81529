/** Whose word that this device is out is not believed (docs/spec/groups.md GR49). */
import { expect, test } from "bun:test";
import type { Member } from "@yanshu/mls";
import type { Engine } from "../core/engine.ts";
import { bytes } from "../testing/chat.ts";
import { isUnnamedOwn } from "./put-out.ts";

test("[GR49] of a device of the own account that its list does not name, and of no other", () => {
  const [own, ben, laptop] = [bytes(1, 32), bytes(2, 32), bytes(3, 32)];
  const lists = { names: ({ device }: Member) => device[0] === laptop[0] };
  const engine = { own: { account: own }, lists } as unknown as Engine;
  const by = (account: Uint8Array, device: Uint8Array) =>
    isUnnamedOwn(engine, { account, device } as unknown as Member);
  expect([by(own, bytes(4, 32)), by(own, laptop), by(ben, bytes(4, 32))]).toEqual([true, false, false]);
});
