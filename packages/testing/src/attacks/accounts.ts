/**
 * What a thief or an operator can do with an account's device list: from any socket, with what stands at home and on a
 * stolen disk.
 */
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  type CallArgs,
  type CallName,
  type DeviceList,
  decodeServerFrame,
  encodeCall,
  encodeEntry,
  entryBytes,
  fromHex,
  nextEntryBody,
  takeHistory,
} from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";

export const crypto = createBunCrypto();
export type KeyPair = Awaited<ReturnType<typeof crypto.signatureKeyPair>>;

/** The device list as home hands it to anybody who holds a link. */
export async function listAt({ log }: World, account: string): Promise<DeviceList> {
  const row = log.accounts.find(fromHex(account));
  if (row === undefined) throw new Error("no such account");
  const history = { inception: row.inception, entries: log.accounts.entries(row.ref, 0) };
  const taken = await takeHistory(crypto, undefined, history);
  if (taken.kind === "refused") throw new Error(taken.why);
  return taken.list;
}

/** The device key on a disk that somebody took. */
export async function keyOn({ disk }: Person): Promise<KeyPair> {
  const seed = disk.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  if (seed === undefined) throw new Error("nobody lives here");
  return crypto.signatureKeyPair(seed);
}

/** What follows on `list`, naming `devices`, signed by `key`. */
export async function entryBy(
  list: DeviceList,
  key: KeyPair,
  devices: readonly Bytes[] = [key.publicKey],
): Promise<Bytes> {
  const body = nextEntryBody(list, { devices }, key.publicKey);
  return encodeEntry(body, await crypto.sign(key.privateKey, entryBytes(body)));
}

/** Returns "ok", or the code with which home refuses. */
export async function strangerCall<N extends CallName>(world: World, name: N, args: CallArgs<N>): Promise<string> {
  let isOpen = false;
  const answers = new Map<number, string>();
  const socket = world.network.connect("a stranger", {
    open: () => {
      isOpen = true;
    },
    message: (bytes) => {
      const frame = decodeServerFrame(bytes);
      if (frame.type === "result") answers.set(frame.request, "ok");
      if (frame.type === "error") answers.set(frame.request, frame.code);
    },
    closed: () => undefined,
  });
  await world.until("the stranger is connected", () => isOpen);
  socket.send(encodeCall(1, "hello", { versions: [1] }));
  socket.send(encodeCall(2, name, args));
  await world.until("the stranger is answered", () => answers.has(2));
  socket.close();
  return answers.get(2) ?? "";
}
