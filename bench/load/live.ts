/**
 * Live: one shows pieces by the real client, and many watch over bare sockets, as pages do (docs/spec/live.md CA162,
 * CA163): how soon a picture stands, how late pieces come, and what it costs home.
 */
import { join } from "node:path";
import { openBot } from "@yanshu/cli";
import { bunParts } from "@yanshu/cli/bun";
import type { LiveView } from "@yanshu/client";
import { decodeRoomServerFrame, encodeLink, encodeRoomClientFrame, fromHex } from "@yanshu/wire";
import { cpuSeconds } from "../process.ts";
import type { RunningServer } from "../server.ts";

const stepMsMax = 30_000;
/** The name of a Live begins with that of its room. */
const roomBytes = 16;
/** Watchers that come at the same moment. */
const atOnce = 25;

type Load = {
  readonly watchers: number;
  /** Of the one layer that is shown. */
  readonly bitsPerSecond: number;
  readonly pieceMs: number;
  readonly pieces: number;
};

export async function watchLive(server: RunningServer, folder: string, load: Load) {
  const home = new URL(server.url.replace(/^ws/, "http"));
  const token = fromHex(server.registrationToken);
  const link = encodeLink(home.origin, { kind: "invite", link: { server: `localhost:${home.port}`, token } });
  const greeted = Promise.withResolvers<void>();
  const open = (name: string, hears: () => void) =>
    openBot({ ...bunParts, folder: join(folder, `live-${name}`), link, name }, () => {
      hears();
      return undefined;
    });
  const ann = await open("ann", () => greeted.resolve());
  const ben = await open("ben", () => undefined);
  const watchers: Watcher[] = [];
  try {
    await ben.api.requestContact({ link: ann.link, greeting: "hello", scanned: false });
    await greeted.promise;
    let view: LiveView = { areThere: false, goingOn: [] };
    ann.subscribe("live", [], (now) => {
      view = now;
    });
    const accounts: string[] = [];
    ann.subscribe("contacts", [], (contacts) => accounts.splice(0, 1, ...contacts.map(({ account }) => account)));
    await once(() => accounts[0]);
    const group = await ann.api.createGroup({ name: "bench", accounts });
    await once(() => (view.areThere ? true : undefined));
    // The group is founded a moment after it was made.
    const live = await soon(() => ann.api.startLive(group, "", "bench"));
    await once(() => (view.showing?.isIn === true ? true : undefined));
    await ann.api.showLiveHead(live, 1, "video/mp4", new Uint8Array(1_000));
    const bytes = Math.round((load.bitsPerSecond / 8) * (load.pieceMs / 1_000));
    const shownMs: number[] = [];
    const show = async () => {
      shownMs.push(performance.now());
      await ann.api.showLivePiece(live, 1, new Uint8Array(bytes));
    };
    await show();
    const url = new URL("/calls/ws", server.url).href;
    for (let n = 0; n < load.watchers; n += atOnce)
      watchers.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(atOnce, load.watchers - n) }, () => Watcher.come(url, live)),
        )),
      );
    for (const one of watchers) one.arrivedMs.length = 0;
    shownMs.length = 0;
    const [cpu, startMs] = [cpuSeconds(server.pid), performance.now()];
    for (let n = 0; n < load.pieces; n++) {
      await show();
      const dueMs = startMs + (n + 1) * load.pieceMs;
      await Bun.sleep(Math.max(0, dueMs - performance.now()));
    }
    await once(() => (watchers.every((one) => one.arrivedMs.length >= load.pieces) ? true : undefined)).catch(
      () => undefined,
    );
    const share = (cpuSeconds(server.pid) - cpu) / ((performance.now() - startMs) / 1_000);
    const lateMs = watchers.flatMap(({ arrivedMs }) => arrivedMs.map((ms, n) => ms - (shownMs[n] ?? ms)));
    const arrived = lateMs.length / (load.pieces * load.watchers);
    await ann.api.endLive();
    return { share, lateMs, arrived, firstMs: watchers.map(({ firstMs }) => firstMs) };
  } finally {
    for (const one of watchers) one.close();
    for (const one of [ann, ben]) await one.end();
  }
}

class Watcher {
  /** When each whole piece was there. */
  readonly arrivedMs: number[] = [];
  /** From the tap to the first whole piece. */
  firstMs = 0;
  private readonly socket: WebSocket;

  private constructor(url: string, live: string, came: () => void, failed: (error: Error) => void) {
    const tappedMs = performance.now();
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    const enter = encodeRoomClientFrame({
      type: "enter",
      args: { v: 1, room: fromHex(live.slice(0, 2 * roomBytes)), watches: true },
    });
    this.socket.addEventListener("open", () => this.socket.send(new Uint8Array(enter)));
    this.socket.addEventListener("close", () => failed(new Error("home closed a watcher's socket")));
    this.socket.addEventListener("message", ({ data }) => {
      const frame = decodeRoomServerFrame(new Uint8Array(data as ArrayBuffer));
      if (frame.type === "refused") failed(new Error(`a watcher was refused: ${frame.code}`));
      if (frame.type !== "shown" || frame.isHead || !frame.isLast) return;
      this.arrivedMs.push(performance.now());
      if (this.firstMs > 0) return;
      this.firstMs = performance.now() - tappedMs;
      came();
    });
  }

  static come(url: string, live: string): Promise<Watcher> {
    return new Promise((resolve, reject) => {
      const one: Watcher = new Watcher(url, live, () => resolve(one), reject);
    });
  }

  close(): void {
    this.socket.close();
  }
}

async function once<T>(look: () => T | undefined): Promise<T> {
  for (const startMs = performance.now(); ; await Bun.sleep(5)) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() - startMs > stepMsMax) throw new Error("the Live does not go on");
  }
}

async function soon<T>(work: () => Promise<T>): Promise<T> {
  for (const startMs = performance.now(); ; await Bun.sleep(50)) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() - startMs > stepMsMax) throw error;
    }
  }
}
