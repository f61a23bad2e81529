/**
 * Control: a leak made on purpose, by a client that seals nothing. What the scan does not find of it
 * in traffic, on disk and in memory, it would not find of anybody's, and the run is void.
 */
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createMls, type DeviceIdentity, type GroupState, randomConversationId } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { concat, decodeServerFrame, deviceIdOf, encodeCall, encodeParts, encodePost, type Part } from "@yanshu/wire";
import { Canaries, type Canary } from "../scan/canary.ts";
import { type Device, until } from "./device.ts";
import type { Recorder } from "./recorder.ts";

const encodings: Readonly<Record<string, (words: string) => Uint8Array>> = {
  plain: (words) => Buffer.from(words),
  "utf-16": (words) => Buffer.from(words, "utf16le"),
  base64: (words) => Buffer.from(Buffer.from(words).toString("base64")),
  gzip: (words) => gzipSync(words),
  brotli: (words) => brotliCompressSync(words),
  zstd: (words) => zstdCompressSync(words),
};

/** One canary for each way to leak, and a group of which an MLS message leaks bare. */
export type Control = { readonly canaries: readonly Canary[]; readonly groupId: Uint8Array };

/** Posts it all to a device that is away, and asks for a page in whose address the first canary stands. */
export async function leakControl(recorder: Recorder, to: Device): Promise<Control> {
  const canaries = new Canaries();
  const bodies = Object.entries(encodings).map(([name, encode]) =>
    encode(`今晚八点 ${canaries.text(name)} as anybody may read`),
  );
  const [first] = canaries.all;
  await fetch(`http://127.0.0.1:${recorder.port}/healthz?x=${first?.text}`, { headers: { connection: "close" } });
  const { groupId, message } = await bareMessage();
  await postOpenly(recorder, to, [...bodies, message]);
  return { canaries: canaries.all, groupId };
}

/** Envelopes with nothing sealed in them, to a device by its address. */
export async function postOpenly(recorder: Recorder, to: Device, bodies: readonly Uint8Array[]): Promise<void> {
  const address = to.database.get<{ address: Uint8Array }>(
    "SELECT address FROM groups WHERE status = 'active' LIMIT 1",
  )?.address;
  if (address === undefined) throw new Error("nobody to leak to");
  const sealed = Uint8Array.of(1); // An envelope says what kind it is; the server looks no further.
  const parts = bodies.map((body): Part => ({ target: { kind: "address", address }, envelope: concat(sealed, body) }));
  await post(recorder.port, parts);
}

async function post(port: number, parts: readonly Part[]): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  socket.binaryType = "arraybuffer";
  let answered = 0;
  let refused = "";
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
    const frame = decodeServerFrame(new Uint8Array(data));
    if (frame.type === "error") refused = frame.code;
    answered++;
  });
  await until("the control is connected", () => socket.readyState === WebSocket.OPEN);
  socket.send(encodeCall(1, "hello", { versions: [1] }) as Uint8Array<ArrayBuffer>);
  socket.send(encodePost(2, { mode: "deposit" }, encodeParts(parts)) as Uint8Array<ArrayBuffer>);
  await until("the control is posted", () => answered === 2);
  socket.close();
  if (refused !== "") throw new Error(`the control was refused: ${refused}`);
}

/** An MLS message of a group that nobody else is in, as it must never be seen. */
async function bareMessage(): Promise<{ groupId: Uint8Array; message: Uint8Array }> {
  const crypto = createBunCrypto();
  const mls = createMls(crypto, { nowMs: () => Date.now() });
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const account = crypto.random(32);
  const identity: DeviceIdentity = {
    credential: { account, device: deviceIdOf(crypto.sha256, deviceKey.publicKey), n: 0, entryHash: crypto.random(32) },
    deviceKey,
  };
  const delivery = {
    server: "localhost",
    address: crypto.random(16),
    sealKey: crypto.random(32),
    claimCap: crypto.random(16),
    features: [],
  };
  const state: GroupState = {
    policyVersion: 1,
    conversation: randomConversationId(crypto),
    kind: "group",
    founding: 1,
    gate: crypto.random(32),
    gateServer: "localhost",
    name: "",
    roles: [{ account, role: "owner" }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
  const group = await mls.create(identity, delivery, state);
  const { message } = await mls.protect(group, new TextEncoder().encode("nobody shall see my frame"));
  return { groupId: group.groupId, message };
}
