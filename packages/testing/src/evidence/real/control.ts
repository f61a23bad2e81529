/**
 * Control: a leak made on purpose, by a client that seals nothing. What the scan does not find of it
 * in traffic, on disk and in memory, it would not find of anybody's, and the run is void.
 */
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { createMls, type DeviceIdentity, type GroupState } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { decodeServerFrame, deviceIdOf, encodeCall, encodeParts, encodePost, type Part } from "@yanshu/wire";
import type { Canary } from "../scan/canary.ts";
import type { Device } from "./device.ts";
import { until } from "./device.ts";
import type { Recorder } from "./recorder.ts";

/** In how many ways one canary leaks. */
export const leakedForms = ["plain", "utf-16le", "base64", "gzip", "brotli", "zstd"] as const;

/** Answers the group of the MLS message that leaked. */
export async function leak(recorder: Recorder, to: Device, canary: Canary): Promise<Uint8Array> {
  const address = to.database.get<{ address: Uint8Array }>(
    "SELECT address FROM groups WHERE status = 'active' LIMIT 1",
  )?.address;
  if (address === undefined) throw new Error("nobody to leak to");
  await fetch(`http://127.0.0.1:${recorder.port}/healthz?x=${canary.text}`, { headers: { connection: "close" } });

  const { groupId, message } = await bareMessage();
  const words = `今晚八点 ${canary.text} as anybody may read`;
  const bodies: Uint8Array[] = [
    Buffer.from(words),
    Buffer.from(words, "utf16le"),
    Buffer.from(Buffer.from(words).toString("base64")),
    gzipSync(words),
    brotliCompressSync(words),
    zstdCompressSync(words),
    message,
  ];
  const parts: Part[] = bodies.map((body) => ({
    target: { kind: "address", address },
    envelope: new Uint8Array(Buffer.concat([Uint8Array.of(1), body])),
  }));
  await post(recorder.port, parts);
  return groupId;
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
    conversation: crypto.random(32),
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
