/**
 * Seats of one group's call, in a process of their own: each sends a voice and a picture, and takes those of the
 * others, as many as the app takes.
 *
 *   bun bench/load/media-seats.ts SEATS SECONDS
 *
 * Prints two lines of JSON: once all sit there and have sent for a second, and at the end. Each says what the processes
 * of the relay and of the media took so far (seconds of a core), and the packets that came, and that were due to come.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { MediaSeat, type SeatAccess } from "@yanshu/server/relay";
import type { MediaAnswer } from "@yanshu/wire";
import { cpuSeconds } from "../process.ts";
import { GroupTalk, slots } from "./group-talk.ts";

const warmMs = 1_000;

const [count = 16, seconds = 5] = process.argv.slice(2).map(Number);
const child = Bun.spawn([process.execPath, join(import.meta.dirname, "../media-alone.ts")], {
  stdin: "pipe",
  stdout: "pipe",
  stderr: "inherit",
});
const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value as string;
async function ask<T>(what: object): Promise<T> {
  void child.stdin.write(`${JSON.stringify(what)}\n`);
  await child.stdin.flush();
  return JSON.parse(await next()) as T;
}

const port = Number(await next());
const seats: MediaSeat[] = [];
for (let seat = 1; seat <= count; seat++) {
  const access = { port, ...(await ask<Omit<SeatAccess, "port">>({ room: "room", seat })) };
  const made = await MediaSeat.join(seat, access, slots, async (asked) => {
    const hex = Buffer.from(asked.fingerprint).toString("hex");
    const answer = await ask<Omit<MediaAnswer, "fingerprint"> & { readonly fingerprint: string }>({
      room: "room",
      seat,
      join: { ...asked, fingerprint: hex },
    });
    return { ...answer, fingerprint: Uint8Array.from(Buffer.from(answer.fingerprint, "hex")) };
  });
  seats.push(made);
}

const talk = new GroupTalk(seats);

async function told(): Promise<void> {
  const { pid } = await ask<{ readonly pid: number }>({});
  const [relay, media] = [cpuSeconds(child.pid), cpuSeconds(pid)];
  console.log(JSON.stringify({ relay, media, ...talk.counts(), ms: performance.now() }));
}

await Bun.sleep(warmMs);
await told();
await Bun.sleep(1_000 * seconds);
await told();
talk.end();
child.kill();
await child.exited;
process.exit(0);
