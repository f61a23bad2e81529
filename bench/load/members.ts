/**
 * Members: signed-in devices that receive, count and acknowledge pushes as a client does
 * (docs/spec/delivery.md DS20, DS21): by ranges, every 64 pushes or 100 ms, whichever comes first;
 * where they are told to, less often, as a client does while messages follow one another (SY53).
 */
import { ByteReader, type Bytes, decodeServerFrame, encodeAcks, type ListHash, toHex } from "@yanshu/wire";
import type { Peer } from "./peer.ts";

const ackEvery = 64;
const ackTicks = 10;
const ackDelayMs = 100;

/** Who sent an envelope, and its number among the sender's: the last 8 bytes of each. */
export type Mark = { readonly sender: number; readonly sequence: number };

export class Member {
  received = 0;
  repeated = 0;
  closed = false;
  private lastId = 0;
  /** What came before this connection may come again on it, once. */
  private againUpTo = 0;
  private ackFrom = 0;
  private ackTo = 0;
  private unacknowledged = 0;
  private peer: Peer;
  private readonly list: ListHash | undefined;
  private readonly arrived: (mark: Mark) => void;

  constructor(peer: Peer, list: ListHash | undefined, arrived: (mark: Mark) => void) {
    this.peer = peer;
    this.list = list;
    this.arrived = arrived;
    this.listen(peer);
  }

  /** The same device on another connection: what it had not acknowledged comes again. */
  back(peer: Peer): void {
    this.peer = peer;
    this.closed = false;
    this.againUpTo = this.lastId;
    this.ackTo = 0;
    this.unacknowledged = 0;
    this.listen(peer);
  }

  leave(): void {
    this.closed = true;
    this.peer.close();
  }

  private listen(peer: Peer): void {
    peer.listener = {
      pushed: (frame) => this.pushed(frame),
      answered: () => undefined,
      closed: () => {
        this.closed = true;
      },
    };
  }

  acknowledge(): void {
    if (this.unacknowledged === 0) return;
    this.unacknowledged = 0;
    if (!this.closed) this.peer.send(encodeAcks([{ first: this.ackFrom, last: this.ackTo }]));
  }

  private pushed(frame: Bytes): void {
    if (this.received === 0 && this.list !== undefined) this.check(frame, this.list);
    const id = new ByteReader(frame.subarray(1, 9)).u53();
    if (id <= this.ackTo || (id <= this.lastId && id > this.againUpTo)) {
      this.repeated++;
      return;
    }
    if (this.unacknowledged === 0) this.ackFrom = id;
    this.ackTo = id;
    this.unacknowledged++;
    if (id > this.lastId) {
      this.lastId = id;
      this.received++;
      this.arrived(markOf(frame));
    }
    if (this.unacknowledged >= ackEvery) this.acknowledge();
  }

  /** The first push is decoded in full: it must be for this member's group. */
  private check(frame: Bytes, list: ListHash): void {
    const decoded = decodeServerFrame(frame);
    const target = decoded.type === "push" ? decoded.push.target : undefined;
    if (target?.kind !== "list" || toHex(target.list) !== toHex(list))
      throw new Error("a push that does not name the group's list");
  }
}

/**
 * Acknowledges for all members, a tenth of them at a time, so that each does once in `delayMs`. @returns what ends it.
 */
export function acknowledgeSteadily(members: readonly Member[], delayMs = ackDelayMs): () => void {
  let tick = 0;
  const timer = setInterval(() => {
    for (let i = tick % ackTicks; i < members.length; i += ackTicks) (members[i] as Member).acknowledge();
    tick++;
  }, delayMs / ackTicks);
  return () => clearInterval(timer);
}

function markOf(frame: Bytes): Mark {
  const view = new DataView(frame.buffer, frame.byteOffset + frame.length - 8, 8);
  return { sender: view.getUint32(0), sequence: view.getUint32(4) };
}
