/**
 * R1.7: what home has of a call between two: says that are sealed and that it cannot change, and a room that it
 * forgets. Voice and picture are the browser's (DTLS-SRTP, RFC 5764), bound to these says by the certificate that they
 * name.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallsView, Hex } from "@yanshu/client";
import { decodeRoomClientFrame, fromHex } from "@yanshu/wire";
import { secretOf } from "../../world/call-secret.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check } from "../check.ts";
import { Canaries, needlesOfBytes } from "../scan/canary.ts";
import { createMatcher, type Needle } from "../scan/matcher.ts";
import { searchSays } from "./says.ts";

const minuteMs = 60_000;
const said = 0xc3;
const kindsSaid = ["ringing", "offer", "answer", "accept", "taken", "sending", "bye"];

type Call = {
  readonly world: World;
  readonly ann: Person;
  readonly ben: Person;
  readonly call: Hex;
  readonly device: Hex;
};

/** Ann calls Ben, whose device rings. */
async function ring(seed: number, logPath?: string): Promise<Call> {
  const world = new World({ seed, ...(logPath !== undefined && { logPath }) });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (const one of [ann, ben]) await world.until("home has calls", () => one.view("calls").areThere);
  world.network.keepsTraffic = true;
  await ann.api.startCall(chat, "voice", "page");
  await world.until("it rings", () => ben.view("calls").now?.at === "ringing");
  const now = ben.view("calls").now;
  if (now?.other === undefined) throw new Error("nobody calls");
  await ben.api.hostCall(now.call, "page");
  return { world, ann, ben, call: now.call, device: now.other };
}

/** A description that names a certificate, as a browser's does. */
function description(print: Uint8Array, password: string): string {
  const hex = [...print].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  return `v=0\r\na=ice-pwd:${password}\r\na=fingerprint:sha-256 ${hex}\r\n`;
}

type Signals = NonNullable<CallsView["now"]>["signals"];
const signalsOf = (person: Person): Signals => person.view("calls").now?.signals ?? [];

/** @param isTold for the test of the evidence: a description crosses in clear. */
export async function sealedCall(isTold = false): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-call-"));
  try {
    return await seek(folder, isTold);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function seek(folder: string, isTold: boolean): Promise<Check> {
  const { world, ann, ben, call, device } = await ring(620, join(folder, "home.db"));
  const secret = secretOf(ben, "call"); // It goes with the end.
  const canaries = new Canaries();
  const password = canaries.text("password of the way");
  const print = crypto.getRandomValues(new Uint8Array(32));
  const sdp = description(print, password);
  await ben.api.describeCall(call, "offer", device, 1, sdp);
  await world.until("she is told", () => signalsOf(ann).length > 0);
  const heard = signalsOf(ann).some((signal) => signal.kind === "offer" && signal.sdp.includes(password));
  const back = ben.view("status").me?.device ?? ("" as Hex);
  await ann.api.describeCall(call, "answer", back, 1, sdp);
  await world.until("so is he", () => signalsOf(ben).length > 0);
  // Every kind of say: answered, settled, talked, ended.
  await ben.api.answerCall(call, "page");
  await world.until("it is settled", () => [ann, ben].every((one) => one.view("calls").now?.at === "joining"));
  for (const one of [ann, ben]) await one.api.callConnected(call);
  await ann.api.callSends(call, { voice: false, picture: true, screen: true, weak: true, again: 1 });
  await world.until("he is told", () => signalsOf(ben).some(({ kind }) => kind === "sending"));
  const during = world.server.counts() as unknown as Record<string, number>;
  const rooms = world.network.traffic.flatMap((frame) => roomOf(frame));
  const name = rooms[0] ?? new Uint8Array(16);
  if (isTold) world.network.traffic.push(new TextEncoder().encode(sdp));

  const describes = [...canaries.needles(), ...needlesOfBytes("fingerprint", print)];
  const crossed = world.network.traffic.flatMap((frame) => createMatcher(describes)(frame)).length;
  const onDisk = (needles: readonly Needle[]) => {
    const matcher = createMatcher(needles);
    return readdirSync(folder).flatMap((file) => matcher(readFileSync(join(folder, file)))).length;
  };
  const ofCall = [...describes, ...needlesOfBytes("room", name)];
  const known = onDisk(needlesOfBytes("account", fromHex(ann.account)));
  const rung = onDisk(ofCall);
  await ann.api.hangUp();
  await world.until("it is over", () => ben.view("calls").now === undefined);
  await world.pass(minuteMs);
  const devices = [device, back].map((hex) => fromHex(hex));
  const named = createMatcher(devices.flatMap((one, i) => needlesOfBytes(`device ${i}`, one)));
  // The control: opened with the secret, each say that was searched names its device.
  const { count, hits: told, bearing, kinds } = await searchSays(world.network.traffic, secret, named);
  const after = world.server.counts() as unknown as Record<string, number>;
  const left = onDisk(ofCall);
  return allOf(
    "P1.calls",
    "of a call home has sealed says: no certificate, no address, no password of a way; its room is on no disk, and in no memory a minute later",
    {
      "nothing of a description crossed in clear": crossed === 0,
      "no say names a device": told === 0,
      "nothing of the room on home's disk while it rings": rung === 0,
      "nor afterwards": left === 0,
      "no room and no seat a minute later": after["rooms"] === 0 && after["roomSeats"] === 0,
    },
    heard &&
      known > 0 &&
      bearing === count &&
      kindsSaid.every((kind) => kinds.has(kind)) &&
      rooms.length >= 2 &&
      during["rooms"] === 1 &&
      during["roomSeats"] === 2,
    `${world.network.traffic.length} frames and ${readdirSync(folder).length} files searched, ${count} says among them: ${crossed + told} and ${rung + left} hits; with the secret ${bearing} of these, of ${kinds.size} kinds, show their device; rooms ${during["rooms"]}, then ${after["rooms"]}`,
  );
}

/** The name by which a device enters a room, as home reads it. */
function roomOf(frame: Uint8Array): Uint8Array[] {
  try {
    const read = decodeRoomClientFrame(frame);
    return read.type === "enter" ? [read.args.room] : [];
  } catch {
    return [];
  }
}

/** @param isHonest for the test of the evidence: home changes nothing. */
export async function changedCall(isHonest = false): Promise<Check> {
  const { world, ann, ben, call, device } = await ring(621);
  let changed = 0;
  world.network.meddle(ann.device, (frame) => {
    if (frame[0] !== said || isHonest) return [frame];
    // In the place of one certificate another: some byte of what is sealed.
    const copy = frame.slice();
    const at = 3 + (changed++ % (frame.length - 3));
    copy[at] = (copy[at] as number) ^ 1;
    const last = frame[frame.length - 1] as number;
    return [copy, frame.slice(0, -1), Uint8Array.of(said, 0, 9, ...frame.slice(3, -1), last ^ 1)];
  });
  const tries = 24;
  for (let i = 0; i < tries; i++) {
    const print = crypto.getRandomValues(new Uint8Array(32));
    await ben.api.describeCall(call, "offer", device, i + 1, description(print, `way ${i}`));
    await world.pass(50);
  }
  const taken = signalsOf(ann).length;
  world.network.meddle(ann.device, undefined);
  await ben.api.describeCall(call, "offer", device, tries + 1, description(new Uint8Array(32), "whole"));
  await world.until("what is whole is taken", () => signalsOf(ann).length > taken);
  return allOf(
    "P3.changed-call",
    "a description that home changes, cuts short or gives to a seat that it made up binds nobody: no certificate but the one that a device signed is taken",
    { "none is taken": taken === 0 },
    changed >= tries || isHonest,
    `${taken} of ${changed} changed says taken; the next whole one was`,
  );
}
