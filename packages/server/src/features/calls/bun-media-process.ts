/**
 * The media process of group calls (docs/spec/calls.md CA80, CA82). It terminates ICE, DTLS and SRTP of each seat with
 * libdatachannel, and forwards RTP by the rules of `sfu.ts`. It knows room aliases and seats, and neither accounts nor
 * messages. It receives packets on one loopback port that only the relay sends to. Its crash does not end the server.
 */
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import type { JoinMedia, MediaAnswer } from "@yanshu/wire";
import { Audio, initLogger, PeerConnection, type Track } from "node-datachannel";
import type { MediaNews, MediaOrder } from "./bun-media.ts";
import { drawing } from "./draws.ts";
import { mediaAnswerOf, offerOf } from "./media-sdp.ts";
import { Sfu } from "./sfu.ts";
import type { Peer } from "./sfu-peer.ts";

type Seated = { readonly connection: PeerConnection; readonly peer: Peer; track: Track | undefined };

const tickMs = 50;
const tellMs = 1_000;
/** How long the library may take to make the SDP answer. */
const answerMsMax = 3_000;
/** Between two tellings: what happens without end fills no pipe. */
const faultsMax = 10;
/** Where memory ends, the kernel takes this process and not the server (proc(5), oom_score_adj). */
const oomScore = "900";

function tell(news: MediaNews): void {
  process.send?.(news);
}

/** Tells the server of a fault: where it happened, in fixed words, and the error's name, never its message. */
function failed(place: string, error: unknown): void {
  if (++faults > faultsMax) return;
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

let faults = 0;
const sfu = new Sfu({ nowMs: () => performance.now(), draw: drawing() });
const seated = new Map<string, Seated>();
/** For as long as the process lives. */
const held: PeerConnection[] = [];
/**
 * The UDP port of all seats on 127.0.0.1. The library tells them apart by their ICE ufrag, then by the source address.
 */
let port = 0;

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

function connect(name: string): PeerConnection {
  return new PeerConnection(name, {
    iceServers: [],
    bindAddress: "127.0.0.1",
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
    disableAutoNegotiation: true,
  });
}

/**
 * Opens the port, and keeps it open while nobody sits there (CA238). The library closes it with the last connection;
 * another program could take it then, and the library ends the whole process where it cannot open it anew.
 */
async function keepPort(): Promise<PeerConnection> {
  port = await freePort();
  const keeper = connect("keeper");
  keeper.createDataChannel("keeper");
  keeper.setLocalDescription("offer");
  return keeper;
}

/**
 * Makes the peer connection of a seat. One m-line carries all its audio and video: the SFU reads what each packet is,
 * the library does not.
 *
 * @throws Error when the SDP answer is not ready within `answerMsMax`.
 */
async function join(room: string, seat: number, asked: JoinMedia): Promise<MediaAnswer> {
  end(room, seat);
  const connection = connect("seat");
  const peer = sfu.join(room, seat, asked, (packet) => {
    try {
      one.track?.sendMessageBinary(packet);
    } catch {
      // Its transport closed meanwhile; the track is kept to be closed.
    }
  });
  const one: Seated = { connection, peer, track: undefined };
  seated.set(`${room} ${seat}`, one);
  connection.onStateChange((state) => {
    if (state === "connected") sfu.connected(peer);
    else if (state === "failed" || state === "closed") sfu.leave(peer);
  });
  const line = new Audio("0", "SendRecv");
  line.addOpusCodec(asked.opus);
  const track = connection.addTrack(line);
  one.track = track;
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
  try {
    connection.setRemoteDescription(offerOf(asked), "offer");
    connection.setLocalDescription("answer");
    return mediaAnswerOf(
      await made,
      peer.slots.map(({ kind, ssrc }) => ({ kind, ssrc })),
    );
  } catch (error) {
    if (seated.get(`${room} ${seat}`) === one) end(room, seat); // And not one that joined meanwhile.
    throw error;
  }
}

/** Closes the connection of a seat, if there is one. */
function end(room: string, seat: number): void {
  const found = seated.get(`${room} ${seat}`);
  if (found === undefined) return;
  seated.delete(`${room} ${seat}`);
  sfu.leave(found.peer);
  // A track that is not closed keeps its connection for ever: at least 12 KB of each join (CA132).
  try {
    found.track?.close();
  } finally {
    found.connection.close();
  }
}

async function take(order: MediaOrder): Promise<void> {
  switch (order.kind) {
    case "join":
      try {
        tell({ kind: "joined", id: order.id, media: await join(order.room, order.seat, order.join) });
      } catch (error) {
        failed("joining", error);
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
  tell({ kind: "took" });
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
setInterval(() => {
  faults = 0;
  tell({ kind: "counts", counts: sfu.counts() });
}, tellMs);
try {
  writeFileSync("/proc/self/oom_score_adj", oomScore);
} catch {
  // Another system, or one that does not let it: the guide's OOMPolicy remains.
}
initLogger("Fatal", () => undefined);
held.push(await keepPort());
tell({ kind: "open", port });
