/**
 * The relay, and the process that forwards media of group calls, without rooms and messages, so that what they take is
 * counted apart.
 *
 *   bun bench/media-alone.ts
 *
 * Prints the relay's port. Then, for each line of JSON that it reads, a line: of `{room, seat}` what sits down at the
 * relay; of `{room, seat, join}` the answer of the media; of `{}` the media's process.
 */
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { Faults, MediaProcess, MediaSockets, openUdp, Relay, relayCredential } from "@yanshu/server/relay";
import type { JoinMedia } from "@yanshu/wire";

/** Fingerprints in hex. */
type Asked = {
  readonly room?: string;
  readonly seat: number;
  readonly join?: Omit<JoinMedia, "fingerprint"> & { readonly fingerprint: string };
};

const secret = new Uint8Array(32).fill(1);
const failed = (place: string, error: unknown) => console.error(place, error);
const inside = new MediaSockets((leg, packet) => relay.fromInside(leg, packet), failed);
const draw = () => randomBytes(4).readUInt32LE(0);
const relay = new Relay({ secret, nowMs: () => Date.now(), draw, bytesPerSecond: 4e9, inside });
const media = new MediaProcess(
  new Faults(),
  (said) => console.error(said),
  (port) => {
    inside.port = port;
  },
);
const listener = await openUdp(relay, "127.0.0.1", 0, failed);
console.log(listener.port);
for await (const line of createInterface({ input: process.stdin })) {
  const { room, seat, join } = JSON.parse(line) as Asked;
  if (room === undefined) console.log(JSON.stringify({ pid: media.pid }));
  else if (join === undefined) console.log(JSON.stringify(relayCredential(secret, Date.now(), room, seat)));
  else {
    relay.joined(room, seat);
    const fingerprint = Uint8Array.from(Buffer.from(join.fingerprint, "hex"));
    const answer = await media.join(room, seat, { ...join, fingerprint });
    console.log(JSON.stringify(answer && { ...answer, fingerprint: Buffer.from(answer.fingerprint).toString("hex") }));
  }
}
await media.stop();
