/**
 * Faults between a device and its ports: power that fails at a chosen write, and, when the simulator
 * is told to break an invariant on purpose, a small lie of the disk, the network or the keys.
 * Production code knows nothing of them.
 */
import type { Ports, Socket } from "@yanshu/client";
import type { Database } from "@yanshu/store";
import type { Person } from "../world/person.ts";
import type { Break, Breaker } from "./breaks.ts";

/** What a device whose power failed throws at everything; no fault of the program. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

/** Writes that a device still gets done before its power fails. */
type Fuse = { writesLeft: number; blown: boolean };

export class Faults {
  /** Gaps that a device noticed: conversation and sending device in hex. */
  readonly gaps = new Map<Person, Set<string>>();
  private readonly fuses = new Map<Person, Fuse>();
  private readonly breaker: Breaker | undefined;

  constructor(breaker: Breaker | undefined) {
    this.breaker = breaker;
  }

  /** The power of `person`'s device fails instead of its nth next transaction. */
  failPowerAfter(person: Person, writes: number): void {
    const fuse = this.fuses.get(person);
    if (fuse !== undefined) fuse.writesLeft = writes;
  }

  readonly wrap = (ports: Ports, person: Person): Ports => {
    const fuse: Fuse = { writesLeft: Number.POSITIVE_INFINITY, blown: false };
    this.fuses.set(person, fuse);
    const broken = this.breaker?.(person);
    const wrapped: Ports = {
      ...ports,
      ...(broken?.crypto === undefined ? {} : { crypto: broken.crypto(ports.crypto) }),
      database: this.fused(ports, person, fuse, broken),
      connect: (server, events) => {
        const socket = ports.connect(server, {
          ...events,
          message: (frame) => {
            if (!fuse.blown) events.message(frame);
          },
        });
        return fusedSocket(socket, fuse, broken);
      },
    };
    return wrapped;
  };

  private fused(ports: Ports, person: Person, fuse: Fuse, broken: Break | undefined): Database {
    const { database } = ports;
    const written = broken?.run?.(database) ?? database.run;
    return {
      ...database,
      run: (sql, ...params) => {
        if (fuse.blown) throw new PowerLoss();
        if (sql.startsWith("INSERT INTO gaps")) this.noticeGap(person, params);
        return written(sql, ...params);
      },
      transaction: (work) => {
        if (!fuse.blown && fuse.writesLeft-- > 0) return database.transaction(work);
        if (!fuse.blown) ports.after(0, () => person.crash());
        fuse.blown = true;
        throw new PowerLoss();
      },
    };
  }

  private noticeGap(person: Person, [conversation, device]: readonly unknown[]): void {
    const noticed = this.gaps.get(person) ?? new Set();
    noticed.add(gapKey(conversation as Uint8Array, device as Uint8Array));
    this.gaps.set(person, noticed);
  }
}

export function gapKey(conversation: Uint8Array, device: Uint8Array): string {
  return `${Buffer.from(conversation).toString("hex")}:${Buffer.from(device).toString("hex")}`;
}

function fusedSocket(socket: Socket, fuse: Fuse, broken: Break | undefined): Socket {
  return {
    ...socket,
    send: (frame) => {
      if (!fuse.blown && broken?.keepsBack?.(frame) !== true) socket.send(frame);
    },
  };
}
