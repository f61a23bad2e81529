/**
 * A seat of a group's call as a browser takes one, without a browser: a way through the relay to what forwards media,
 * DTLS and SRTP by the library that the forwarding process has too. It sends one voice and one picture, and counts what
 * comes. For who measures (bench/scenarios/calls.ts).
 */
import { type JoinMedia, type MediaAnswer, mediaPlace } from "@yanshu/wire";
import { Audio, PeerConnection, type Track } from "node-datachannel";
import { mediaAnswerOf, offerOf } from "../features/calls/media-sdp.ts";

const opus = 111;
const vp8 = 96;
const connectMsMax = 20_000;

export type SeatAccess = { readonly port: number; readonly username: string; readonly credential: string };

export class MediaSeat {
  received = 0;
  private readonly connection: PeerConnection;
  private readonly track: Track;
  private readonly seat: number;
  private voices = 0;
  private pictures = 0;

  private constructor(seat: number, { port, username, credential }: SeatAccess) {
    this.seat = seat;
    const hostname = "127.0.0.1";
    this.connection = new PeerConnection("seat", {
      iceServers: [{ hostname, port, username, password: credential, relayType: "TurnUdp" }],
      iceTransportPolicy: "relay",
      disableAutoNegotiation: true,
    });
    const line = new Audio("0", "SendRecv");
    line.addOpusCodec(opus);
    this.track = this.connection.addTrack(line);
    this.track.onMessage((packet) => {
      // Control messages are no media (RFC 5761 §4).
      const type = (packet[1] as number) & 0x7f;
      if (type < 64 || type > 95) this.received++;
    });
  }

  /** Resolves once its media flows. @throws Error where it does not within twenty seconds. */
  static async join(
    seat: number,
    access: SeatAccess,
    slots: { readonly voiceSlots: number; readonly pictureSlots: number },
    ask: (join: JoinMedia) => Promise<MediaAnswer>,
  ): Promise<MediaSeat> {
    const made = new MediaSeat(seat, access);
    const { connection } = made;
    const described = new Promise<string>((resolve) => connection.onLocalDescription((sdp) => resolve(sdp)));
    const connected = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("a seat's media does not flow")), connectMsMax);
      connection.onStateChange((state) => {
        if (state !== "connected") return;
        clearTimeout(timer);
        resolve();
      });
    });
    connection.setLocalDescription("offer");
    const own = mediaAnswerOf(await described, []);
    const answer = await ask({
      v: 1,
      ufrag: own.ufrag,
      pwd: own.pwd,
      fingerprint: own.fingerprint,
      opus,
      vp8,
      up: [
        { kind: "voice", mid: "0", layers: [], ssrc: made.ssrcOf("voice") },
        { kind: "picture", mid: "0", layers: [], ssrc: made.ssrcOf("picture") },
      ],
      ...slots,
    });
    const sdp = offerOf({ ...answer, opus } as unknown as JoinMedia).replace("a=setup:actpass", "a=setup:active");
    connection.setRemoteDescription(sdp, "answer");
    const { address, port } = mediaPlace;
    connection.addRemoteCandidate(`candidate:1 1 UDP 2130706431 ${address} ${port} typ host`, "0");
    await connected;
    return made;
  }

  /** @param bytes of one piece of voice of 20 ms. */
  speak(bytes: number): void {
    this.send("voice", this.voices++, Buffer.alloc(bytes, 7));
  }

  /** A packet with which a picture can begin. */
  show(bytes: number): void {
    const payload = Buffer.alloc(bytes, 7);
    payload[0] = 0x10;
    payload[1] = 0;
    this.send("picture", this.pictures++, payload);
  }

  close(): void {
    this.track.close();
    this.connection.close();
  }

  private ssrcOf(kind: "voice" | "picture"): number {
    return 1_000 + 2 * this.seat + (kind === "voice" ? 0 : 1);
  }

  private send(kind: "voice" | "picture", number: number, payload: Buffer): void {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = kind === "voice" ? opus : vp8;
    head.writeUInt16BE(number & 0xffff, 2);
    head.writeUInt32BE((number * (kind === "voice" ? 960 : 1_800)) >>> 0, 4);
    head.writeUInt32BE(this.ssrcOf(kind), 8);
    this.track.sendMessageBinary(Buffer.concat([head, payload]));
  }
}
