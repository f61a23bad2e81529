/**
 * The process of group calls' media (docs/spec/calls.md CA80, CA82): it ends ICE, DTLS and SRTP of each seat by
 * libdatachannel, and forwards by our own rules (sfu.ts). It has neither the accounts nor the messages: it is told room
 * aliases and seats, hears packets on one loopback port that only the relay sends to, and dies alone.
 */
import { randomFillSync } from "node:crypto";
import { createSocket } from "node:dgram";
import type { JoinMedia, MediaAnswer } from "@yanshu/wire";
import { Audio, initLogger, PeerConnection, type Track } from "node-datachannel";
import type { MediaNews, MediaOrder } from "./bun-media.ts";
import { mediaAnswerOf, offerOf } from "./media-sdp.ts";
import { type Peer, Sfu } from "./sfu.ts";

type Seated = { readonly connection: PeerConnection; readonly peer: Peer };

const tickMs = 50;
const tellMs = 1_000;
/** Of a description that the library did not make by then. */
const answerMsMax = 3_000;

function tell(news: MediaNews): void {
  process.send?.(news);
}

/** A place of the program's own words, and the kind of an error: never what it says. */
function failed(place: string, error: unknown): void {
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

const drawn = new Uint32Array(256);
let left = 0;
const sfu = new Sfu({
  nowMs: () => performance.now(),
  draw: () => {
    if (left === 0) left = randomFillSync(drawn).length;
    return drawn[--left] as number;
  },
});
const seated = new Map<string, Seated>();
let port = 0;

/** One for all seats: the library tells them apart by their ICE names, then by where packets come from. */
async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", resolve);
  });
  const { port: found } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return found;
}

/** One line of media carries all of a seat: what its packets are is read by the SFU, not by the library. */
async function join(room: string, seat: number, asked: JoinMedia): Promise<MediaAnswer> {
  end(room, seat);
  const connection = new PeerConnection("seat", {
    iceServers: [],
    bindAddress: "127.0.0.1",
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
    disableAutoNegotiation: true,
  });
  let track: Track | undefined;
  const peer = sfu.join(room, seat, asked, (packet) => {
    try {
      track?.sendMessageBinary(packet);
    } catch {
      track = undefined; // Its transport closed meanwhile.
    }
  });
  seated.set(`${room} ${seat}`, { connection, peer });
  connection.onStateChange((state) => {
    if (state === "connected") sfu.connected(peer);
    else if (state === "failed" || state === "closed") sfu.leave(peer);
  });
  const line = new Audio("0", "SendRecv");
  line.addOpusCodec(asked.opus);
  track = connection.addTrack(line);
  track.onMessage((packet) => {
    try {
      sfu.receive(peer, packet);
    } catch (error) {
      failed("a packet", error);
    }
  });
  const made = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no description")), answerMsMax);
    connection.onLocalDescription((sdp) => {
      clearTimeout(timer);
      resolve(sdp);
    });
  });
  connection.setRemoteDescription(offerOf(asked), "offer");
  connection.setLocalDescription("answer");
  return mediaAnswerOf(
    await made,
    peer.slots.map(({ kind, ssrc }) => ({ kind, ssrc })),
  );
}

function end(room: string, seat: number): void {
  const found = seated.get(`${room} ${seat}`);
  if (found === undefined) return;
  seated.delete(`${room} ${seat}`);
  sfu.leave(found.peer);
  found.connection.close();
}

async function take(order: MediaOrder): Promise<void> {
  switch (order.kind) {
    case "join":
      try {
        tell({ kind: "joined", id: order.id, media: await join(order.room, order.seat, order.join) });
      } catch (error) {
        failed("joining", error);
        end(order.room, order.seat);
        tell({ kind: "joined", id: order.id, media: undefined });
      }
      break;
    case "want": {
      const peer = seated.get(`${order.room} ${order.seat}`)?.peer;
      if (peer !== undefined) sfu.want(peer, order.want);
      break;
    }
    case "left":
      end(order.room, order.seat);
      break;
  }
}

process.on("message", (order: MediaOrder) => {
  take(order).catch((error) => failed("an order", error));
});
// The server is gone, however it went: nobody is to be left behind.
process.on("disconnect", () => process.exit(0));
process.on("uncaughtException", (error) => failed("the media", error));
process.on("unhandledRejection", (error) => failed("the media", error));
setInterval(() => {
  try {
    sfu.tick();
  } catch (error) {
    failed("a tick", error);
  }
}, tickMs);
setInterval(() => tell({ kind: "counts", counts: sfu.counts() }), tellMs);
initLogger("Fatal", () => undefined);
port = await freePort();
tell({ kind: "open", port });
