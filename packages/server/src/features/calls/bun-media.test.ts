import { expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { JoinMedia, WantSlots } from "@yanshu/wire";
import { Audio, PeerConnection } from "node-datachannel";
import { Faults } from "../../core/faults.ts";
import { hasMediaLibrary, MediaProcess } from "./bun-media.ts";
import { mediaAnswerOf, offerOf } from "./media-sdp.ts";

const join: JoinMedia = {
  v: 1,
  ufrag: "abcd",
  pwd: "0123456789abcdef012345",
  fingerprint: new Uint8Array(32).fill(5),
  opus: 111,
  vp8: 96,
  up: [{ kind: "voice", mid: "0", layers: [] }],
  voiceSlots: 2,
  pictureSlots: 1,
};

/** A process of the media, and the port that it opens. */
function begun(): { readonly media: MediaProcess; readonly opened: Promise<number> } {
  const { promise: opened, resolve } = Promise.withResolvers<number>();
  const media = new MediaProcess(
    new Faults(),
    () => undefined,
    (port) => port !== undefined && resolve(port),
  );
  return { media, opened };
}

test("[CA80] [CA82] the media is a process of its own, which ends alone and begins anew, and is told to the operator", async () => {
  expect(hasMediaLibrary()).toBe(true);
  const faults = new Faults();
  const told: string[] = [];
  const ports: (number | undefined)[] = [];
  const media = new MediaProcess(
    faults,
    (said) => told.push(said),
    (port) => ports.push(port),
  );
  try {
    const gone = new Promise<void>((resolve) => media.whenGone(resolve));
    const first = await media.join("room", 1, join);
    expect(first?.slots.map(({ kind }) => kind)).toEqual(["voice", "voice", "picture"]);
    expect(first?.fingerprint).toHaveLength(32);
    expect(first?.pwd.length).toBeGreaterThanOrEqual(22);
    const { pid } = media;
    if (pid === undefined) throw new Error("no process");
    expect(pid).not.toBe(process.pid);
    process.kill(pid, "SIGKILL");
    await gone;
    const second = await media.join("room", 1, join);
    expect(second?.slots).toHaveLength(3);
    expect(media.pid).not.toBe(pid);
    expect(media.counts().deaths).toBe(1);
    expect(faults.count).toBe(1);
    expect(told).toEqual(["the media of group calls ended (by SIGKILL, as where memory runs out), and begins anew"]);
    expect(ports.map((port) => typeof port)).toEqual(["number", "undefined", "number"]);
  } finally {
    await media.stop();
  }
});

test("[CA238] the media keeps its port while nobody sits there, so that no other program takes it", async () => {
  const { media, opened } = begun();
  try {
    const hasJoined = media.join("room", 1, join);
    const port = await opened;
    const binds = () =>
      new Promise<string>((resolve) => {
        const socket = createSocket("udp4");
        socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? ""));
        socket.bind(port, "127.0.0.1", () => socket.close(() => resolve("free")));
      });
    expect(await binds()).toBe("EADDRINUSE");
    expect(await hasJoined).toBeDefined();
    const seats = async (count: number) => {
      while (media.counts().peers !== count) await Bun.sleep(50);
    };
    await seats(1);
    media.left("room", 1);
    await seats(0);
    expect(await binds()).toBe("EADDRINUSE");
    expect(media.counts().deaths).toBe(0);
  } finally {
    await media.stop();
  }
}, 20_000);

test("[CA82] the library's description is made of what was checked, and its answer is read or refused", () => {
  const offer = offerOf(join);
  expect(offer).toContain("a=ice-ufrag:abcd\r\n");
  expect(offer).toContain(`a=fingerprint:sha-256 ${Array(32).fill("05").join(":")}\r\n`);
  expect(() => mediaAnswerOf("v=0\r\n", [])).toThrow();
});

/**
 * A device comes to the media, which names a certificate to it when it joins: its own, or another.
 *
 * @returns how its connection ends.
 */
async function comes(
  media: MediaProcess,
  { port, seat, isOwn }: { readonly port: number; readonly seat: number; readonly isOwn: boolean },
): Promise<string> {
  const device = new PeerConnection("device", {
    iceServers: [],
    bindAddress: "127.0.0.1",
    disableAutoNegotiation: true,
  });
  try {
    const line = new Audio("0", "SendRecv");
    line.addOpusCodec(join.opus);
    const track = device.addTrack(line);
    const described = new Promise<string>((resolve) => device.onLocalDescription((sdp) => resolve(sdp)));
    const ends = new Promise<string>((resolve) => {
      device.onStateChange((state) => ["connected", "failed", "closed"].includes(state) && resolve(state));
    });
    device.setLocalDescription("offer");
    const { ufrag, pwd, fingerprint } = mediaAnswerOf(await described, []);
    const other = fingerprint.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    const answer = await media.join("room", seat, { ...join, ufrag, pwd, fingerprint: isOwn ? fingerprint : other });
    if (answer === undefined) throw new Error("it did not join");
    const sdp = offerOf({ ...join, ...answer }).replace("a=setup:actpass", "a=setup:active");
    device.setRemoteDescription(sdp, "answer");
    device.addRemoteCandidate(`candidate:1 1 UDP 2130706431 127.0.0.1 ${port} typ host`, "0");
    const end = await ends;
    track.close();
    return end;
  } finally {
    device.close();
  }
}

test("[CA82] a device comes to the media by the certificate that it named when it joined, and by no other", async () => {
  const { media, opened } = begun();
  try {
    const [, port] = await Promise.all([media.join("room", 1, join), opened]);
    expect(await comes(media, { port, seat: 2, isOwn: true })).toBe("connected");
    expect(await comes(media, { port, seat: 3, isOwn: false })).not.toBe("connected");
    expect(media.counts().deaths).toBe(0);
  } finally {
    await media.stop();
  }
}, 60_000);

const want: WantSlots = { slots: [{ slot: 0, layers: 2, seat: 3 }] };

function megabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
}

test("[CA132] a seat that joined and left leaves nothing in the media's memory", async () => {
  const media = new MediaProcess(
    new Faults(),
    () => undefined,
    () => undefined,
  );
  try {
    const rounds = async (count: number) => {
      for (let at = 0; at < count; at++) {
        expect(await media.join("room", 1, join)).toBeDefined();
        media.left("room", 1);
      }
    };
    await rounds(500);
    const before = megabytes(media.pid as number);
    await rounds(3_000);
    // Without its track closed each keeps 12 KB: 35 MB.
    expect(megabytes(media.pid as number) - before).toBeLessThan(18);
  } finally {
    await media.stop();
  }
}, 120_000);

test("[CA134] of orders that the process does not take the latest of each seat waits, and a process that hangs is begun anew", async () => {
  const faults = new Faults();
  const media = new MediaProcess(
    faults,
    () => undefined,
    () => undefined,
    { againMs: 10 },
  );
  try {
    const gone = new Promise<void>((resolve) => media.whenGone(resolve));
    expect(await media.join("room", 1, join)).toBeDefined();
    const { pid } = media;
    process.kill(pid as number, "SIGSTOP");
    for (let at = 0; at < 20_000; at++) media.want("room", at % 512, want);
    expect(media.ordersWaiting).toBeLessThanOrEqual(512);
    expect(media.ordersWaiting).toBeGreaterThan(0);
    await gone;
    expect(media.pid).not.toBe(pid);
    expect(media.ordersWaiting).toBe(0);
    expect(await media.join("room", 1, join)).toBeDefined();
    for (let at = 0; at < 1_000; at++) media.want("room", 1, want);
    // All of it is taken in time: a join that comes after it is answered.
    expect(await media.join("room", 2, join)).toBeDefined();
    expect(media.ordersWaiting).toBe(0);
    expect(media.counts().deaths).toBeGreaterThanOrEqual(1);
  } finally {
    await media.stop();
  }
}, 60_000);

test("[CA137] a process that cannot be begun is begun later, joins meanwhile are refused, and those who asked are told", async () => {
  const faults = new Faults();
  let runtime = "/nowhere/bun";
  const media = new MediaProcess(
    faults,
    () => undefined,
    () => undefined,
    { runtime: () => runtime, againMs: 10 },
  );
  try {
    const gone = new Promise<void>((resolve) => media.whenGone(resolve));
    expect(await media.join("room", 1, join)).toBeUndefined();
    expect(faults.count).toBeGreaterThanOrEqual(1);
    runtime = process.execPath;
    await gone;
    expect(await media.join("room", 1, join)).toBeDefined();
    expect(media.counts().deaths).toBe(0);
  } finally {
    await media.stop();
  }
}, 60_000);

test("[CA134] a process that is stopped does not keep the server from ending", async () => {
  const media = new MediaProcess(
    new Faults(),
    () => undefined,
    () => undefined,
  );
  expect(await media.join("room", 1, join)).toBeDefined();
  process.kill(media.pid as number, "SIGSTOP");
  await media.stop();
  expect(await media.join("room", 1, join)).toBeUndefined();
}, 60_000);
