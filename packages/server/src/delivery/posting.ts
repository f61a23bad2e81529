/**
 * Posting (docs/spec/delivery.md DS11–DS17): accepts or refuses a post, stores all its parts or none, and pushes them
 * once they are on disk. Everything up to the database commit runs inside the transaction, in the order in which posts
 * arrived. So an MLS commit comes before or after any other post of its gate, never at the same time.
 */
import {
  type Address,
  encodePush,
  type GateId,
  idBytes,
  type ListHash,
  listHashOf,
  type Part,
  type Post,
  type PostHash,
  type PostHeader,
  type Push,
  postHashOf,
  type Target,
} from "@yanshu/wire";
import type { ServerConfig } from "../core/config.ts";
import type { Faults } from "../core/faults.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { accept, type Done, type Outcome, type Refusal, refuse, tooOften } from "../core/outcome.ts";
import type { Clock, Fanout, Sink, SyncPrimitives } from "../core/ports.ts";
import { dayOf, minuteMs, RateTable } from "../core/rate.ts";
import { keyOf } from "../core/recent.ts";
import type { Room } from "../core/room.ts";
import type { Carry, CarryRefusal, Far, FarPart } from "../feature.ts";
import type { Log } from "../log/feature-tables.ts";
import type { Ahead, DeviceRef, Elsewhere, PeerLog } from "../log/log.ts";
import { type AddressList, AddressLists } from "./address-lists.ts";
import { Gates } from "./gates.ts";
import { EnvelopeIds } from "./ids.ts";
import type { Mailboxes } from "./mailboxes.ts";
import type { Queues } from "./queues.ts";
import { Repeats } from "./repeats.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Lists in one post: that of the old members, that of the new members, and perhaps a few more. */
const listPartsMax = 8;

/** The recipients of one part. `far`: at other servers. `waking`: those of `devices` that it wakes. */
type Recipients = {
  readonly part: Part;
  readonly list: AddressList | undefined;
  readonly far: readonly FarPart[];
  readonly devices: readonly DeviceRef[];
  readonly mailbox: Sink | undefined;
  readonly waking: ReadonlySet<DeviceRef>;
};

/** One stored part, to be pushed after the commit. */
type Pending = {
  readonly id: number;
  readonly frame: Uint8Array;
  readonly sessions: readonly Session[];
  readonly topic: string | undefined;
  readonly mailbox: Sink | undefined;
  /** Recipients that it wakes and that are not connected; `waking`: also those that are. */
  readonly wake: readonly DeviceRef[];
  readonly waking: ReadonlySet<DeviceRef>;
};

/** A post that was stored. */
type Stored = {
  readonly parts: readonly Pending[];
  /** Devices that its empty parts ring. */
  readonly rung: readonly DeviceRef[];
  /** Whether some of its parts go to other servers. */
  readonly isCarried: boolean;
};

/** The callbacks of posting. */
type Told = {
  readonly messageWaits: (device: DeviceRef) => void;
  readonly rings: (device: DeviceRef, gate: GateId) => void;
  /** Inside the transaction: takes the parts of a post for other servers. `carried` is called once they are on disk. */
  readonly carry: Carry;
  readonly carried: () => void;
  /** The refusal of a post because of its parts for other servers, if any. */
  readonly carryRefusal: CarryRefusal;
};

/** Rings of one conversation in a minute (docs/spec/push.md PU9). Further posts are stored, but ring nobody. */
const ringsPerMinute = 6;

const nobody: readonly DeviceRef[] = [];
const wakesNobody: ReadonlySet<DeviceRef> = new Set();
const nowhere: readonly FarPart[] = [];
const noGate: GateId = new Uint8Array(idBytes.gate);
const nothingToPush = { ok: true, value: { parts: [], rung: [], isCarried: false } as Stored } as const;

/**
 * Whether a post was counted against its recipients' rate limits (DS24): a retried transaction must not count again.
 */
type Counted = { isCounted: boolean };

/** The result of an accepted post. `isNew`: false if it was accepted before. */
type Taken = { readonly isNew: boolean };

export class Posting {
  readonly lists: AddressLists;
  posts = 0;
  pushes = 0;
  private readonly gates: Gates;
  private readonly repeats: Repeats;
  private readonly ids: EnvelopeIds;
  private readonly perAddress: RateTable;
  private readonly perList: RateTable;
  /** Keys of hashes that the current transaction remembered; forgotten again if it is rolled back. */
  private remembered: string[] = [];
  private readonly queues: Queues;
  private readonly log: Log;
  private readonly peers: PeerLog | undefined;
  private readonly commits: GroupCommit;
  private readonly clock: Clock;
  private readonly fanout: Fanout;
  private readonly primitives: SyncPrimitives;
  private readonly config: ServerConfig;
  private readonly faults: Faults;
  private readonly room: Pick<Room, "mayGrow">;
  private readonly sessions: Sessions;
  private readonly mailboxes: Mailboxes;
  private readonly told: Told;
  private readonly ringsPerGate = new RateTable(ringsPerMinute, minuteMs);

  constructor(
    ports: {
      log: Log;
      commits: GroupCommit;
      clock: Clock;
      fanout: Fanout;
      primitives: SyncPrimitives;
      queues: Queues;
      faults: Faults;
      room: Pick<Room, "mayGrow">;
    },
    config: ServerConfig,
    sessions: Sessions,
    mailboxes: Mailboxes,
    told: Told,
  ) {
    this.told = told;
    this.log = ports.log;
    this.peers = ports.log.peers;
    this.queues = ports.queues;
    this.faults = ports.faults;
    this.room = ports.room;
    this.commits = ports.commits;
    this.clock = ports.clock;
    this.fanout = ports.fanout;
    this.primitives = ports.primitives;
    this.config = config;
    this.sessions = sessions;
    this.mailboxes = mailboxes;
    this.gates = new Gates(this.log.delivery, this.log.isShared, this.primitives);
    this.ids = new EnvelopeIds(this.log.delivery, this.log.isShared ? 1 : undefined);
    this.repeats = new Repeats(config.repeatsKept);
    this.perAddress = new RateTable(config.postsPerMinute.address, minuteMs);
    this.perList = new RateTable(config.postsPerMinute.list, minuteMs);
    this.lists = new AddressLists(
      this.log.accounts,
      this.primitives.sha256,
      config.listBytesKept,
      (list) => this.sessions.forgetTopic(list),
      this.log.isShared ? () => this.commits.begun : undefined,
    );
    this.commits.onRollback(() => this.rolledBack());
  }

  /**
   * @param place the prefix that the post comes from, for limits.
   * @param answer called once the post is on disk, or refused.
   */
  post(post: Post, place: string | undefined, answer: Done<Taken>): void {
    const listParts = post.parts.reduce((sum, { target }) => sum + Number(target.kind === "list"), 0);
    if (listParts > listPartsMax) answer(refuse("too-large"));
    else if (post.header.mode === "deposit" && listParts > 0) answer(refuse("malformed"));
    else if (!this.room.mayGrow()) answer(refuse("storage-full"));
    else this.enter(post, place, answer);
  }

  private enter(post: Post, place: string | undefined, answer: Done<Taken>): void {
    let known: PostHash | undefined;
    const hash = () => {
      known ??= postHashOf(this.primitives.sha256, post.partsBytes);
      return known;
    };
    const counted: Counted = { isCounted: false };
    this.commits.soon(
      () => this.store(post, hash(), counted, place),
      (outcome) => {
        if (this.remembered.length > 0) this.remembered = [];
        answer(outcome.ok ? accept({ isNew: outcome.value !== nothingToPush.value }) : outcome);
        if (!outcome.ok) return;
        this.posts++;
        for (const pending of outcome.value.parts) this.push(pending);
        if (outcome.value.isCarried) this.told.carried();
        this.ring(post.header, outcome.value.rung);
      },
      (ahead) => this.lookAhead(post, hash(), ahead),
    );
  }

  private lookAhead({ header, parts }: Post, hash: PostHash, ahead: Ahead): void {
    const { gates, addresses, posts } = ahead;
    ahead.envelopes += parts.length;
    if (header.mode !== "deposit") gates.push(header.gate);
    if (isRemembered(header)) posts.push(hash);
    for (const { target } of parts) {
      if (target.kind === "list") addresses.push(...this.lists.named(target.list));
      else addresses.push(target.address); // Another server's too: the name may be this one's.
    }
  }

  /** Drops the cached queue lengths, so that idle devices take no memory. */
  forgetQueueLengths(): void {
    this.queues.forgetAll();
  }

  /** Drops the cached gates: some were deleted from the log. */
  forgetGates(): void {
    this.gates.forget();
  }

  /** Takes an envelope id, to mark the beginning of a day. Inside a transaction. */
  nextId(): number {
    return this.ids.next();
  }

  /** @checks DS11, DS14 */
  private store(
    { header, parts }: Post,
    postHash: PostHash,
    counted: Counted,
    place: string | undefined,
  ): Outcome<Stored> {
    const nowMs = this.clock.nowMs();
    const memory = isRemembered(header) ? keyOf(postHash) : undefined;
    if (memory !== undefined && (this.repeats.has(memory, nowMs) || this.peers?.wasTaken(postHash) === true))
      return nothingToPush;
    const passage = this.gates.judge(header, postHash, dayOf(nowMs));
    if (!passage.ok) return passage;
    if (passage.value.kind === "repeat") return nothingToPush;
    const isRing = ({ target, envelope }: Part) =>
      header.mode === "application" && target.kind === "address" && envelope.length === 0;
    const recipients = this.recipientsOf(
      parts.filter((part) => !isRing(part)),
      nowMs,
      counted,
    );
    if (!recipients.ok) return recipients;
    const refusal = this.carryRefusal(header, recipients.value, place);
    if (refusal !== undefined) return refusal;
    this.gates.passed(passage.value, recipients.value.some(isSomebody));
    if (memory !== undefined) {
      this.remember(memory, nowMs);
      this.peers?.take(postHash);
    }
    return accept({
      parts: recipients.value.flatMap((each) => (isHere(each) ? [this.storePart(header, each)] : [])),
      rung: this.rungBy(parts.filter(isRing), recipients.value),
      isCarried: this.carry(header, recipients.value, place),
    });
  }

  /**
   * Only single addresses at other servers may refuse a post: for lists, losses are reported to devices later (PE43).
   */
  private carryRefusal(
    { mode }: PostHeader,
    recipients: readonly Recipients[],
    place: string | undefined,
  ): Refusal | undefined {
    const single = recipients.filter(({ part }) => part.target.kind === "far").flatMap(({ far }) => far);
    if (single.length === 0) return undefined;
    const bytes = recipients.reduce((sum, { part, far }) => sum + far.length * part.envelope.length, 0);
    // A deposit has no gate, so none of its parts must reach another server: it goes to those that it can reach.
    return this.told.carryRefusal(mode === "deposit" ? [] : single, single, bytes, place);
  }

  /** Returns whether anything goes to other servers. */
  private carry(header: PostHeader, recipients: readonly Recipients[], place: string | undefined): boolean {
    let isCarried = false;
    for (const { part, far } of recipients) {
      if (far.length === 0) continue;
      const { mode } = header;
      const gate = header.mode === "deposit" ? noGate : header.gate;
      const row = { mode, gate, epoch: epochOf(header), envelope: part.envelope };
      this.told.carry(far, row, place, part.target.kind !== "far");
      isCarried = true;
    }
    return isCarried;
  }

  /** Accepts posts that passed a gate at another server, for lists of addresses here. */
  readonly far: Far = {
    upload: (hash, here, elsewhere) => this.lists.add(hash, here, elsewhere),
    know: (addresses) => this.lists.upload(addresses),
    isKnown: (list) => this.lists.isKnown(list),
    addressesOf: (list) => this.lists.size(list),
    lookAhead: (list, ahead) => {
      ahead.envelopes++;
      ahead.addresses.push(...this.lists.named(list));
    },
    take: (server, hash, { mode, gate, epoch, envelope }) => {
      const list = this.farList(hash);
      // A list of one address is pushed as a post to that address: the device finds the key of a note by it (PE43).
      const isOne = list.addresses.length === idBytes.address;
      const target: Target = isOne ? { kind: "address", address: list.addresses } : { kind: "list", list: hash };
      const part: Part = { target, envelope };
      const id = this.ids.next();
      const from = mode === "deposit" ? undefined : gate;
      const frame = encodePush({ id, mode, gate: from, epoch, target, envelope, server });
      const mailbox = isOne ? this.mailboxes.find(list.addresses, this.clock.nowMs()) : undefined;
      const to = { part, list, far: nowhere, devices: list.devices, mailbox, waking: list.waking };
      const pending = this.keep(id, frame, to, mode, from);
      return () => this.push(pending);
    },
    lost: (hash, count) => {
      const { devices } = this.farList(hash);
      for (const device of devices) this.log.accounts.addExpired(device, count);
      return () => {
        for (const device of devices) {
          const session = this.sessions.of(device);
          if (session !== undefined) this.sessions.tellExpired(session, count);
        }
      };
    },
  };

  private farList(hash: ListHash): AddressList {
    const list = this.lists.find(hash);
    if (list === undefined) throw new Error("invariant: it was asked whether the list is known");
    this.lists.used(hash);
    return list;
  }

  /** Empty parts are not delivered: each rings a device, if the same post also wakes it. @checks PU9 */
  private rungBy(rings: readonly Part[], recipients: readonly Recipients[]): readonly DeviceRef[] {
    const rung = new Set<DeviceRef>();
    for (const part of rings) {
      const address = addressOf(part);
      const device = address && this.log.accounts.addressDevice(address);
      if (device !== undefined && recipients.some(({ waking }) => waking.has(device))) rung.add(device);
    }
    return [...rung];
  }

  private ring(header: PostHeader, rung: readonly DeviceRef[]): void {
    if (rung.length === 0 || header.mode === "deposit") return;
    if (!this.ringsPerGate.take(header.gate, this.clock.nowMs())) return;
    for (const device of rung) this.faults.guarded("ringing", () => this.told.rings(device, header.gate));
  }

  /** @checks DS24 */
  private recipientsOf(parts: readonly Part[], nowMs: number, counted: Counted): Outcome<readonly Recipients[]> {
    const crowded = counted.isCounted ? undefined : this.crowdedOf(parts, nowMs);
    if (crowded !== undefined) return crowded;
    const found: Recipients[] = [];
    for (const part of parts) {
      const each = this.recipients(part, nowMs);
      if (!each.ok) return each;
      found.push(each.value);
    }
    for (const { part } of found) {
      const [rate, key] = this.rateOf(part);
      if (!counted.isCounted && !rate.take(key, nowMs)) return tooOften(rate.waitMs(nowMs));
      if (part.target.kind === "list") this.lists.used(part.target.list);
    }
    counted.isCounted = true;
    return accept(found);
  }

  /** The refusal if a recipient is over its rate limit; before any is looked up, which costs more. @checks DS24 */
  private crowdedOf(parts: readonly Part[], nowMs: number): Refusal | undefined {
    for (const part of parts) {
      const [rate, key] = this.rateOf(part);
      if (!rate.has(key, nowMs)) return tooOften(rate.waitMs(nowMs));
    }
    return undefined;
  }

  private rateOf({ target }: Part): readonly [RateTable, Uint8Array] {
    return target.kind === "list" ? [this.perList, target.list] : [this.perAddress, target.address];
  }

  private recipients(part: Part, nowMs: number): Outcome<Recipients> {
    const { target } = part;
    if (target.kind === "list") {
      const list = this.lists.find(target.list);
      // @checks DS15
      if (list === undefined) return refuse("unknown-list");
      const { devices, far, waking } = list;
      return accept({ part, list, far, devices, mailbox: undefined, waking });
    }
    if (target.kind === "far" && target.server !== this.config.domain) {
      const addresses = target.address;
      const far = [{ server: target.server, list: listHashOf(this.primitives.sha256, [addresses]), addresses }];
      return accept({ part, list: undefined, far, devices: nobody, mailbox: undefined, waking: wakesNobody });
    }
    // A part for one address is a note, a request or a Welcome, no message of a chat. It wakes nobody.
    const device = this.log.accounts.addressDevice(target.address);
    if (device === undefined)
      return accept({
        part,
        list: undefined,
        far: nowhere,
        devices: nobody,
        mailbox: this.mailboxes.find(target.address, nowMs),
        waking: wakesNobody,
      });
    // @checks DS24
    if (this.sessions.live(device) === undefined && this.queues.isFull(device, part.envelope.length))
      return refuse("queue-full");
    return accept({ part, list: undefined, far: nowhere, devices: [device], mailbox: undefined, waking: wakesNobody });
  }

  private storePart(header: PostHeader, to: Recipients): Pending {
    const id = this.ids.next();
    const frame = encodePush(pushOf(id, header, to.part));
    return this.keep(id, frame, to, header.mode, header.mode === "deposit" ? addressOf(to.part) : header.gate);
  }

  /** Stores one part, and decides how each device gets it. @param by the gate or address that it was posted to. */
  private keep(
    id: number,
    frame: Uint8Array,
    { part, list, devices, mailbox, waking: mayWake }: Recipients,
    mode: PostHeader["mode"],
    by: GateId | Address | undefined,
  ): Pending {
    // Only application messages wake a device. Commits and Welcomes wait until it connects by itself.
    const waking = mode === "application" ? mayWake : wakesNobody;
    const sessions: Session[] = [];
    const packed: DeviceRef[] = [];
    const rows: DeviceRef[] = [];
    let elsewhere: Map<number, { waking: DeviceRef[]; others: DeviceRef[] }> | undefined;
    for (const device of devices) {
      const session = this.sessions.live(device);
      const holder = session === undefined ? this.peers?.holder(device) : undefined;
      if (session !== undefined) {
        sessions.push(session);
        packed.push(device);
      } else if (typeof holder === "number") {
        elsewhere ??= new Map();
        const there = elsewhere.get(holder) ?? { waking: [], others: [] };
        (waking.has(device) ? there.waking : there.others).push(device);
        elsewhere.set(holder, there);
      } else if (this.queues.isFull(device, frame.length)) {
        this.log.accounts.addExpired(device, 1); // The device is told later that something was lost.
      } else {
        rows.push(device);
        this.queues.grew(device, frame.length);
        if (holder === "many") this.peers?.call(device, waking.has(device) ? "waking" : "messages");
      }
    }
    const isForNobodyHere = list === undefined && devices.length === 0 && mailbox === undefined;
    if (isForNobodyHere && part.target.kind === "address") this.peers?.deposit(part.target.address, frame);
    if (packed.length + rows.length > 0 || elsewhere !== undefined)
      this.log.delivery.put(id, frame, packed, rows, by, elsewhere && listsOf(elsewhere));
    const topic = list !== undefined && sessions.length > this.config.topicFrom ? list.topic : undefined;
    const wake = waking.size === 0 ? nobody : rows.filter((device) => waking.has(device));
    return { id, frame, sessions, topic, mailbox, wake, waking };
  }

  private push({ id, frame, sessions, topic, mailbox, wake, waking }: Pending): void {
    mailbox?.send(frame);
    for (const device of wake) this.faults.guarded("waking", () => this.told.messageWaits(device));
    // If a connection turns out to be dead, its device is woken after all.
    if (waking.size > 0) for (const session of sessions) if (waking.has(session.device)) session.wakesUpTo = id;
    if (sessions.length === 0) return;
    this.sessions.outstanding.sent(id, sessions.length);
    this.pushes += sessions.length;
    if (topic === undefined) {
      for (const session of sessions)
        if (this.sessions.sending(session, id, frame.length)) session.owner.sink.send(frame);
      return;
    }
    for (const session of sessions) if (this.sessions.isLive(session)) this.sessions.subscribe(session, topic);
    const isOut = this.faults.guarded("fan-out", () => this.fanout.publish(topic, frame));
    for (const session of sessions) {
      this.sessions.sending(session, id, frame.length);
      if (!isOut) session.owner.end("faulty"); // It is not known who received it: each device connects again for it.
    }
  }

  private remember(key: string, nowMs: number): void {
    this.repeats.add(key, nowMs);
    this.remembered.push(key);
  }

  private rolledBack(): void {
    for (const key of this.remembered) this.repeats.delete(key);
    this.remembered = [];
    this.queues.forgetAll();
    this.gates.forget();
    this.lists.forgetDevices();
    this.ids.forget();
  }
}

function isSomebody({ devices, mailbox, far }: Recipients): boolean {
  return devices.length > 0 || mailbox !== undefined || far.length > 0;
}

/** Whether a part has recipients here, be it besides others at other servers. */
function isHere({ list, far }: Recipients): boolean {
  return list !== undefined || far.length === 0;
}

/** Whether repeats are found by the post's hash. For commits and creating posts the gate itself knows. */
function isRemembered({ mode }: PostHeader): boolean {
  return mode === "application" || mode === "deposit";
}

function listsOf(
  all: ReadonlyMap<number, { waking: DeviceRef[]; others: DeviceRef[] }>,
): ReadonlyMap<number, Elsewhere> {
  return new Map(
    Array.from(all, ([server, { waking, others }]) => [
      server,
      { devices: [...waking, ...others], waking: waking.length },
    ]),
  );
}

function addressOf({ target }: Part): Address | undefined {
  return target.kind === "list" ? undefined : target.address;
}

function epochOf(header: PostHeader): number {
  return header.mode === "application" || header.mode === "commit" ? header.epoch : 0;
}

/** The push frame of a part. A `far` target that names this server itself is pushed as a plain address. */
function pushOf(id: number, header: PostHeader, { target: of, envelope }: Part): Push {
  const gate = header.mode === "deposit" ? undefined : header.gate;
  const target: Target = of.kind === "far" ? { kind: "address", address: of.address } : of;
  return { id, mode: header.mode, gate, epoch: epochOf(header), target, envelope };
}
