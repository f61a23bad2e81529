/**
 * The media process of group calls (docs/spec/calls.md CA80, CA82). It terminates ICE, DTLS and SRTP of each seat with
 * libdatachannel, and forwards RTP by the rules of `sfu.ts`. It knows room aliases and seats, and neither accounts nor
 * messages. It receives packets on one loopback port that only the relay sends to. Its crash does not end the server.
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
/** How long the library may take to make the SDP answer. */
const answerMsMax = 3_000;

function tell(news: MediaNews): void {
  process.send?.(news);
}

/** Tells the server of a fault: where it happened, in fixed words, and the error's name, never its message. */
function failed(place: string, error: unknown): void {
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

/** Random numbers, made 256 at once. */
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
/** The UDP port of all seats on 127.0.0.1. */
let port = 0;

/** A free UDP port for all seats. The library tells them apart by their ICE ufrag, then by the source address. */
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

/**
 * Makes the peer connection of a seat. One m-line carries all its audio and video: the SFU reads what each packet is,
 * the library does not.
 *
 * @throws Error when the SDP answer is not ready within `answerMsMax`.
 */
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

/** Closes the connection of a seat, if there is one. */
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
// The server ended, perhaps by a crash: this process ends too.
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
