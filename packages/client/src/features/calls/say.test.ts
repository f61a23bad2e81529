import { expect, test } from "bun:test";
import { decodeCallSay, encodeCallSay } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type DeviceId, idBytes } from "@yanshu/wire";
import type { RoomCrypto } from "../../feature.ts";
import { openSay, roomKeys, sealSay } from "./say.ts";

const fresh = { nonce: new Uint8Array(8).fill(5), heard: [new Uint8Array(8).fill(6)] };

async function device(number: number) {
  const crypto = createBunCrypto();
  const pair = await crypto.signatureKeyPair(new Uint8Array(32).fill(number));
  const room: RoomCrypto = { ...crypto, sign: (message) => crypto.sign(pair.privateKey, message) };
  const id = new Uint8Array(idBytes.device).fill(number) as DeviceId;
  return { room, id, member: { account: new Uint8Array(32).fill(number) as AccountId, key: pair.publicKey } };
}

test("[CA24] a say opens for who has the secret, and only if a device of the conversation signed it for this room", async () => {
  const [ann, ben] = [await device(1), await device(2)];
  const keys = roomKeys(ann.room, new Uint8Array(32).fill(7));
  const others = roomKeys(ann.room, new Uint8Array(32).fill(8));
  const say = { kind: "taken", device: ben.id } as const;
  const sealed = await sealSay(ann.room, keys, { device: ann.id, n: 3, ...fresh }, say);
  const known = (id: DeviceId) => (id[0] === 1 ? ann.member : undefined);
  expect(await openSay(ben.room, keys, sealed, known)).toEqual({
    device: ann.id,
    account: ann.member.account,
    n: 3,
    ...fresh,
    say,
  });
  // A seat that home made up, or a device that was revoked, has no key here.
  expect(await openSay(ben.room, keys, sealed, () => undefined)).toBeUndefined();
  // Another's name under one's own signature.
  expect(
    await openSay(ben.room, keys, await sealSay(ben.room, keys, { device: ann.id, n: 4, ...fresh }, say), known),
  ).toBeUndefined();
  expect(await openSay(ben.room, others, sealed, known)).toBeUndefined();
  for (let at = 0; at < sealed.length; at += 7) {
    const changed = sealed.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(await openSay(ben.room, keys, changed, known)).toBeUndefined();
  }
  for (const wrong of [new Uint8Array(), sealed.slice(0, 12), sealed.slice(0, -1)])
    expect(await openSay(ben.room, keys, wrong, known)).toBeUndefined();
});

test("[CA24] a say of one room is none of another, also where the key is the same", async () => {
  const ann = await device(1);
  const keys = roomKeys(ann.room, new Uint8Array(32).fill(7));
  const moved = { ...keys, name: new Uint8Array(16) };
  const sealed = await sealSay(ann.room, keys, { device: ann.id, n: 1, ...fresh }, { kind: "bye" });
  expect(await openSay(ann.room, moved, sealed, () => ann.member)).toBeUndefined();
});

test("[CA25] a say that a version does not know is passed over, and one that is none as well", async () => {
  const ann = await device(1);
  const keys = roomKeys(ann.room, new Uint8Array(32).fill(7));
  const later = { kind: "wave", hands: 2 } as unknown as Parameters<typeof sealSay>[3];
  await expect(sealSay(ann.room, keys, { device: ann.id, n: 1, ...fresh }, later)).rejects.toThrow();
  for (const body of [
    new Uint8Array(),
    Uint8Array.of(0xff),
    Uint8Array.of(0xa1, 0x64, 0x6b, 0x69, 0x6e, 0x64, 0x64, 0x77, 0x61, 0x76, 0x65),
  ])
    expect(decodeCallSay(body)).toBeUndefined();
  const bye = encodeCallSay({ kind: "bye" });
  expect(decodeCallSay(bye)).toEqual({ kind: "bye" });
});

test("[CA20] name and key of a room follow from its secret, and nothing of the key from the name", () => {
  const crypto = createBunCrypto();
  const one = roomKeys(crypto, new Uint8Array(32).fill(1));
  const two = roomKeys(crypto, new Uint8Array(32).fill(2));
  expect(one.name.length).toBe(16);
  expect(one.key.length).toBe(32);
  expect(one.name).not.toEqual(two.name);
  expect(one.key).not.toEqual(two.key);
  expect(Buffer.from(one.key).includes(Buffer.from(one.name))).toBe(false);
});
