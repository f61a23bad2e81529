/**
 * Faults between a device and its ports: power that fails at a chosen write, and, when the simulator
 * is told to break an invariant on purpose, a small lie of the disk, the network or the keys.
 * Production code knows nothing of them.
 */
import type { Hex, MediaPorts, Ports, Socket } from "@yanshu/client";
import type { Database, SqlValue } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import { type Person, PowerLoss } from "../world/person.ts";
import type { Break } from "./break.ts";
import type { Breaker } from "./breaks.ts";

const outside: ReadonlySet<string> = new Set(["removed", "left", "blocked", "declined"]);

/** Writes that a device still gets done before its power fails. */
type Fuse = { writesLeft: number; blown: boolean };

/** What else the simulator puts beside a device, and wants to hear of it. */
export type Around = {
  readonly deviceBackup?: (person: Person, hasPower: () => boolean) => NonNullable<Ports["deviceBackup"]>;
  /** This device is to hand something to a newcomer. */
  /** What becomes of an answer of home to this device. */
  readonly answers?: (person: Person, path: string, body: Bytes) => Bytes;
  readonly handsOver: (person: Person, conversation: Uint8Array, account: Uint8Array) => void;
};

export class Faults {
  /** Gaps that a device noticed: conversation and sending device in hex. */
  readonly gaps = new Map<Person, Set<string>>();
  /**
   * When a device first knew how far another had counted: the moment by the simulation's clock, by who, where and of
   * whom.
   */
  private readonly known = new Map<string, number>();
  /** The epochs that each device held. */
  private readonly held = new Set<string>();
  /** In which epoch a device sealed each item last. */
  private readonly sealed = new Map<string, string>();
  /** How often a device was out of a conversation, by its own word. */
  private readonly exits = new Map<string, number>();
  /** For `--verbose`: told what a device counts, and what becomes of its conversations. */
  listen: ((person: Person, what: string) => void) | undefined;
  private readonly fuses = new Map<Person, Fuse>();
  private readonly breaker: Breaker | undefined;
  private readonly simulatedMs: () => number;

  private readonly around: Around;

  /** @param simulatedMs the simulation's clock, which no device's skew touches. */
  constructor(breaker: Breaker | undefined, simulatedMs: () => number, around: Around) {
    this.breaker = breaker;
    this.simulatedMs = simulatedMs;
    this.around = around;
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
      ...(ports.media === undefined ? {} : { media: this.mediaOf(ports.media, person, broken) }),
      ...(this.around.deviceBackup === undefined
        ? {}
        : { deviceBackup: this.around.deviceBackup(person, () => !fuse.blown) }),
      after: (ms, run) => (broken?.forgets?.(ms) === true ? () => undefined : ports.after(ms, () => alive(fuse, run))),
      database: this.fused(ports, person, fuse, broken),
      connect: (server, events, path) => {
        const alike = {
          open: () => alive(fuse, () => events.open()),
          message: (frame: Uint8Array) => alive(fuse, () => events.message(frame)),
          closed: (reason: string) => alive(fuse, () => events.closed(reason)),
        };
        const socket = ports.connect(server, alike, path);
        return fusedSocket(socket, fuse, broken);
      },
    };
    return wrapped;
  };

  private mediaOf(media: MediaPorts, person: Person, broken: Break | undefined): MediaPorts {
    const lying = broken?.media?.(media) ?? media;
    const { answers } = this.around;
    if (answers === undefined) return lying;
    const request: MediaPorts["request"] = async (server, asked) => {
      const answer = await lying.request(server, asked);
      return answer.status === 200 ? { ...answer, body: answers(person, asked.path, answer.body) } : answer;
    };
    return { ...lying, request };
  }

  private fused(ports: Ports, person: Person, fuse: Fuse, broken: Break | undefined): Database {
    const { database } = ports;
    const written = broken?.run?.(database) ?? database.run;
    return {
      ...database,
      run: (sql, ...params) => {
        if (fuse.blown) return 0; // Nobody is there any more to hear of it.
        if (sql.startsWith("INSERT INTO gaps")) this.noticeGap(person, params);
        if (sql.startsWith("INSERT INTO heard")) this.noticeHeard(person, params);
        if (sql.startsWith("INSERT INTO tags")) this.held.add(`${person.device}:${epochKey(params[1], params[2])}`);
        if (sql.startsWith("UPDATE outbox SET seq"))
          this.sealed.set(`${person.device}:${hexOf(params.at(-1) as Uint8Array)}`, epochKey(params[1], params[2]));
        if (sql.startsWith("UPDATE conversations SET state") && outside.has(String(params[0])))
          this.noticeExit(person, params[1] as Uint8Array);
        if (sql.trimStart().startsWith("INSERT INTO handovers"))
          this.around.handsOver(person, params[0] as Uint8Array, params[1] as Uint8Array);
        if (this.listen !== undefined) this.tell(person, sql, params);
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

  /** Two equal answers mean that it never was outside in between. */
  exitsOf(person: Person, conversation: Hex): number {
    return this.exits.get(`${person.device}:${conversation}`) ?? 0;
  }

  /** What was dropped before that moment cannot be missed: nobody told this device how far the other had counted. */
  knewBefore(person: Person, key: string, atMs: number): boolean {
    return (this.known.get(`${person.device}:${key}`) ?? Number.POSITIVE_INFINITY) <= atMs;
  }

  /** Whether this item of `sender` was sealed in an epoch that `reader` never came to: it could not open it. */
  wasBeyond(reader: Person, sender: Person, item: Hex): boolean {
    const epoch = this.sealed.get(`${sender.device}:${item}`);
    return epoch !== undefined && !this.held.has(`${reader.device}:${epoch}`);
  }

  private noticeHeard(person: Person, [conversation, device]: readonly unknown[]): void {
    const key = `${person.device}:${gapKey(conversation as Uint8Array, device as Uint8Array)}`;
    if (!this.known.has(key)) this.known.set(key, this.simulatedMs());
  }

  private noticeExit(person: Person, conversation: Uint8Array): void {
    const key = `${person.device}:${hexOf(conversation)}`;
    this.exits.set(key, (this.exits.get(key) ?? 0) + 1);
  }

  private tell(person: Person, sql: string, params: readonly SqlValue[]): void {
    if (sql.startsWith("INSERT INTO diagnostics")) this.listen?.(person, `counts ${String(params[0])}`);
    if (/^UPDATE conversations SET (state|frozen|group_id)/.test(sql))
      this.listen?.(
        person,
        `${sql.split(" ")[3]} ${params.map((one) => (one instanceof Uint8Array ? hexOf(one).slice(0, 6) : one)).join(" ")}`,
      );
    if (sql.startsWith("INSERT INTO tags"))
      this.listen?.(
        person,
        `epoch ${String(params[2])} of ${hexOf(params[1] as Uint8Array).slice(0, 6)} tag ${hexOf(params[0] as Uint8Array).slice(0, 6)}`,
      );
    if (sql.startsWith("INSERT INTO jobs"))
      this.listen?.(person, `plans ${String(params[1])} in ${hexOf(params[0] as Uint8Array).slice(0, 6)}`);
  }

  private noticeGap(person: Person, [conversation, device]: readonly unknown[]): void {
    const noticed = this.gaps.get(person) ?? new Set();
    noticed.add(gapKey(conversation as Uint8Array, device as Uint8Array));
    this.gaps.set(person, noticed);
  }
}

/** Nothing reaches a device without power; what it was doing when the power failed ends there. */
function alive(fuse: Fuse, run: () => void): void {
  if (fuse.blown) return;
  try {
    run();
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
  }
}

function epochKey(groupId: unknown, epoch: unknown): string {
  return `${hexOf(groupId as Uint8Array)}:${String(epoch)}`;
}

export function gapKey(conversation: Uint8Array, device: Uint8Array): string {
  return `${hexOf(conversation)}:${hexOf(device)}`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function fusedSocket(socket: Socket, fuse: Fuse, broken: Break | undefined): Socket {
  return {
    ...socket,
    send: (frame) => {
      if (!fuse.blown && broken?.keepsBack?.(frame) !== true) socket.send(frame);
    },
  };
}
