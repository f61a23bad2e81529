import { expect, test } from "bun:test";
import type { JoinMedia } from "@yanshu/wire";
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
    expect(told).toEqual(["the media of group calls ended, and begins anew"]);
    expect(ports.map((port) => typeof port)).toEqual(["number", "undefined", "number"]);
  } finally {
    await media.stop();
  }
});

test("[CA82] the library's description is made of what was checked, and its answer is read or refused", () => {
  const offer = offerOf(join);
  expect(offer).toContain("a=ice-ufrag:abcd\r\n");
  expect(offer).toContain(`a=fingerprint:sha-256 ${Array(32).fill("05").join(":")}\r\n`);
  expect(() => mediaAnswerOf("v=0\r\n", [])).toThrow();
});
