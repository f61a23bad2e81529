/** Somebody who was told the name of a room, and sits there with no device that anybody lists. */
import { type Bytes, decodeRoomServerFrame, encodeRoomClientFrame, type RoomServerFrame } from "@yanshu/wire";
import type { World } from "./world.ts";

export type Ghost = {
  /** What home gave them, in its order. */
  readonly got: RoomServerFrame[];
  readonly say: (to: number, bytes: Bytes) => void;
  readonly leave: () => void;
};

/** @param room 16 bytes. @throws Error where home has no rooms. */
export function ghostIn(world: World, room: Bytes, { watches = false, listens = false } = {}): Ghost {
  const got: RoomServerFrame[] = [];
  const socket = world.server.socketAt("/calls/ws")?.connect(
    {
      send: (bytes) => got.push(decodeRoomServerFrame(bytes)),
      close: () => undefined,
      subscribe: () => undefined,
      unsubscribe: () => undefined,
      unread: () => 0,
    },
    undefined,
  );
  if (socket === undefined) throw new Error("home has no rooms");
  socket.receive(
    encodeRoomClientFrame({
      type: "enter",
      args: { v: 1, room, ...(watches && { watches }), ...(listens && { listens }) },
    }),
  );
  return {
    got,
    say: (to, bytes) => socket.receive(encodeRoomClientFrame({ type: "say", to, bytes })),
    leave: () => socket.receive(encodeRoomClientFrame({ type: "leave" })),
  };
}
