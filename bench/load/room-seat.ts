/**
 * A seat in a room of a server, as a device takes one (docs/spec/calls.md CA3, CA82): by the room's name, and by an
 * upload token where it opens the room.
 */
import {
  decodeRoomServerFrame,
  encodeRoomClientFrame,
  type JoinMedia,
  type MediaAnswer,
  type RelayAccess,
  type RoomClientFrame,
  type RoomServerFrame,
  type UploadToken,
} from "@yanshu/wire";

const answerMsMax = 30_000;

export class RoomSeat {
  seat = 0;
  relay: RelayAccess = { port: 0, username: "", credential: "" };
  private readonly socket: WebSocket;
  private heard: (frame: RoomServerFrame) => void = () => undefined;
  private failed: (error: Error) => void = () => undefined;

  private constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("close", () => this.failed(new Error("the server closed a room's socket")));
    this.socket.addEventListener("message", ({ data }) =>
      this.heard(decodeRoomServerFrame(new Uint8Array(data as ArrayBuffer))),
    );
  }

  /** Resolves once the relay is named. @throws Error where the server refuses it, or has no relay. */
  static async enter(url: string, room: Uint8Array<ArrayBuffer>, token?: UploadToken): Promise<RoomSeat> {
    const made = new RoomSeat(url);
    await new Promise((resolve) => made.socket.addEventListener("open", resolve, { once: true }));
    made.relay = await made.until(
      (frame, found: (relay: RelayAccess) => void) => {
        if (frame.type === "entered") made.seat = frame.entered.seat;
        const relay = frame.type === "entered" ? frame.entered.relay : frame.type === "relay" ? frame.relay : undefined;
        if (relay !== undefined) found(relay);
      },
      { type: "enter", args: { v: 1, room, ...(token !== undefined && { token }) } },
    );
    return made;
  }

  /** Asks again when it may, where the process that forwards media is not there yet (CA137). */
  join(join: JoinMedia): Promise<MediaAnswer> {
    const asked: RoomClientFrame = { type: "joinMedia", join };
    return this.until((frame, found: (media: MediaAnswer) => void) => {
      if (frame.type === "media") found(frame.media);
      if (frame.type === "mediaGone") this.send(asked);
    }, asked);
  }

  leave(): void {
    this.failed = () => undefined;
    this.socket.close();
  }

  private until<T>(
    look: (frame: RoomServerFrame, found: (value: T) => void) => void,
    asked: RoomClientFrame,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the room does not answer")), answerMsMax);
      const end = () => {
        clearTimeout(timer);
        this.heard = () => undefined;
      };
      this.failed = (error) => {
        end();
        reject(error);
      };
      this.heard = (frame) => {
        if (frame.type === "refused" && frame.code !== "unavailable")
          this.failed(new Error(`a seat was refused: ${frame.code}`));
        else
          look(frame, (value) => {
            end();
            resolve(value);
          });
      };
      this.send(asked);
    });
  }

  private send(frame: RoomClientFrame): void {
    this.socket.send(new Uint8Array(encodeRoomClientFrame(frame)));
  }
}
