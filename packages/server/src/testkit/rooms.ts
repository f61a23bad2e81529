/** Rooms of calls, and people who sit there, without sockets. */
import {
  decodeRoomServerFrame,
  type EnterRoom,
  encodeRoomClientFrame,
  everySeat,
  type RoomServerFrame,
  type UploadToken,
} from "@yanshu/wire";
import { Faults } from "../core/faults.ts";
import type { RelayDesk, RoomsPorts } from "../features/calls/room-ports.ts";
import { Rooms } from "../features/calls/rooms.ts";
import { ManualClock } from "./clock.ts";

export const room = new Uint8Array(16).fill(1);
export const other = new Uint8Array(16).fill(2);
export const token: UploadToken = { epoch: 1, input: new Uint8Array(32), output: new Uint8Array(64) };

/** Rooms on a manual clock, with a relay that names what goes from it, and people who come by a connection each. */
export function house(more: Partial<RoomsPorts> = {}) {
  const clock = new ManualClock();
  const gone: string[] = [];
  let drawn = 0;
  const relay: RelayDesk = {
    access: (alias, seat) => ({ port: 1, username: `1:${alias}:${seat}`, credential: "c" }),
    seatGone: (alias, seat) => gone.push(`${alias}:${seat}`),
  };
  const faults = new Faults();
  const rooms = new Rooms({
    clock,
    random: (length) => new Uint8Array(length).fill(++drawn),
    faults,
    relay,
    ...more,
  });
  return {
    clock,
    rooms,
    gone,
    faults,
    person: (prefix?: string, mayOpen = true) => new Person(rooms, clock, prefix, mayOpen),
  };
}

export class Person {
  readonly got: RoomServerFrame[] = [];
  closed: string | undefined;
  unread = 0;
  isBroken = false;
  readonly connection: ReturnType<Rooms["connect"]>;

  private readonly clock: ManualClock;

  constructor(rooms: Rooms, clock: ManualClock, prefix?: string, mayOpen = true) {
    this.clock = clock;
    this.connection = rooms.connect(
      {
        send: (bytes) => {
          if (this.isBroken) throw new Error("the socket is broken");
          this.got.push(decodeRoomServerFrame(bytes));
        },
        close: (_code, reason) => {
          this.closed = reason;
        },
        subscribe: () => undefined,
        unsubscribe: () => undefined,
        unread: () => this.unread,
      },
      prefix,
      mayOpen,
    );
  }

  async enter(args: Partial<EnterRoom> = {}): Promise<RoomServerFrame | undefined> {
    const before = this.got.length;
    this.connection.receive(encodeRoomClientFrame({ type: "enter", args: { v: 1, room, ...args } }));
    await this.clock.pass(0);
    return this.got[before];
  }

  say(text: string, to = everySeat): void {
    this.connection.receive(encodeRoomClientFrame({ type: "say", to, bytes: new TextEncoder().encode(text) }));
  }

  get heard(): string[] {
    return this.got.flatMap((frame) =>
      frame.type === "said" ? [`${frame.from} ${new TextDecoder().decode(frame.bytes)}`] : [],
    );
  }

  get seats(): readonly number[] | undefined {
    return this.got.findLast((frame) => frame.type === "seats")?.seats;
  }

  get refusals(): string[] {
    return this.got.flatMap((frame) => (frame.type === "refused" ? [frame.code] : []));
  }
}
