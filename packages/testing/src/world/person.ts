/**
 * Person: one device of somebody, driven as a screen would drive it, and asked what a screen would
 * show. A second device of the same person is another `Person` with the same name.
 */
import {
  type Client,
  type ClientApi,
  type ClientFeature,
  type ConversationDef,
  clientFeatures,
  clientKinds,
  createClient,
  type Hex,
  type MediaPorts,
  type Ports,
  type TimelineItem,
  type ViewName,
  type Views,
} from "@yanshu/client";
import { createBunCrypto, createMediaCipher } from "@yanshu/mls/bun";
import { type Database, migrate, migrations } from "@yanshu/store";
import { openBunDatabase, openBunSnapshot, snapshotBunDatabase } from "@yanshu/store/bun";
import type { Chance } from "./chance.ts";
import type { SimClock } from "./clock.ts";
import type { SimNetwork } from "./network.ts";

export const worldDomain = "yan.test";

/** What a test puts between a device and its ports: faults, or a look at what passes. */
export type WrapPorts = (ports: Ports, person: Person) => Ports;
/** What the program of a device is made of. */
export type FeaturesOf = (person: Person) => readonly ClientFeature[];
export type KindsOf = (person: Person) => readonly ConversationDef[];

/** A device's disk before its first start. Its tables are made once for all devices, for that takes a while. */
let emptyOne: Uint8Array | undefined;
function emptyDisk(): Uint8Array {
  if (emptyOne !== undefined) return emptyOne;
  const database = openBunDatabase(":memory:");
  migrate(database, migrations);
  emptyOne = snapshotBunDatabase(database);
  database.close();
  return emptyOne;
}

/** What a device without power throws at everything; no fault of the program. */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

/** From switching on to crash. What a dead client still has in hand reaches nobody, and no disk. */
type Life = { on: boolean };

export class Person {
  readonly name: string;
  /** Name and number of the device: what the network knows it by. */
  readonly device: string;
  private readonly clock: SimClock;
  private readonly network: SimNetwork;
  private readonly chance: Chance;
  private readonly keyPackagesKept: number;
  private readonly wrap: WrapPorts;
  private readonly featuresOf: FeaturesOf;
  private readonly kindsOf: KindsOf;
  /** Sealed files on the device's disk; undefined where there are none. */
  readonly files: Map<string, Map<number, Uint8Array>> | undefined;
  private held: Client | undefined;
  private life: Life = { on: false };
  private database: Database;
  /** Disks that others took the place of. */
  private readonly former: Database[] = [];
  /** What a correct program never throws. */
  readonly bugs: unknown[] = [];
  /** How far this device's clock is off. */
  skewMs = 0;

  constructor(
    name: string,
    device: string,
    world: {
      clock: SimClock;
      network: SimNetwork;
      chance: Chance;
      keyPackagesKept: number;
      files?: boolean;
      wrap?: WrapPorts;
      featuresOf?: FeaturesOf;
      kindsOf?: KindsOf;
    },
  ) {
    this.name = name;
    this.device = device;
    this.clock = world.clock;
    this.network = world.network;
    this.chance = world.chance.fork();
    this.keyPackagesKept = world.keyPackagesKept;
    this.files = world.files === true ? new Map() : undefined;
    this.wrap = world.wrap ?? ((ports) => ports);
    this.featuresOf = world.featuresOf ?? (() => clientFeatures);
    this.kindsOf = world.kindsOf ?? (() => clientKinds);
    this.database = openBunSnapshot(emptyDisk());
  }

  get client(): Client {
    if (this.held === undefined) throw new Error(`${this.device} is switched off`);
    return this.held;
  }

  get api(): ClientApi {
    return this.client.api;
  }

  get isOn(): boolean {
    return this.held !== undefined;
  }

  /** What stands on the device's disk, whether it is on or not. */
  get disk(): Database {
    return this.database;
  }

  async switchOn(): Promise<void> {
    const life: Life = { on: true };
    const ports: Ports = {
      crypto: createBunCrypto({ random: this.chance.bytes }),
      database: reachedBy(life, this.database),
      connect: (_server, events, path) =>
        life.on ? this.network.connect(this.device, events, path) : { send: () => undefined, close: () => undefined },
      originOf: (server) => `https://${server}`,
      server: worldDomain,
      reachesOthers: true,
      keyPackagesKept: this.keyPackagesKept,
      nowMs: () => this.clock.nowMs() + this.skewMs,
      after: (ms, run) => this.clock.after(ms, () => life.on && run()),
      chance: this.chance.next,
      persistent: true,
      media: this.mediaPorts(life),
      report: (error) => life.on && this.bugs.push(error),
    };
    const client = createClient(this.wrap(ports, this), this.featuresOf(this), this.kindsOf(this));
    this.life = life;
    this.held = client;
    await client.start();
  }

  private mediaPorts(life: Life): MediaPorts | undefined {
    const { files } = this;
    if (files === undefined) return undefined;
    // What a dead client still has in hand never comes back to it.
    const alive = <T>(work: Promise<T>) => work.then((value) => (life.on ? value : new Promise<T>(() => undefined)));
    return {
      cipher: createMediaCipher(),
      files: filesIn(files),
      tokensKept: 4, // Each costs more than a message.
      request: (_server, asked) =>
        life.on ? alive(this.network.request(this.device, asked)) : new Promise(() => undefined),
    };
  }

  /** As when the browser is closed, or the battery dies: what was committed stays, all else goes. */
  crash(): void {
    this.held?.stop();
    this.held = undefined;
    this.life.on = false;
    this.network.breakSockets(this.device);
  }

  /** Nobody asks anything of this device any more: frees what it held. */
  end(): void {
    this.crash();
    for (const database of [...this.former, this.database]) database.close();
  }

  /** As when the browser removes the files of a site: what stands beside it stays. */
  loseDisk(): void {
    this.crash();
    this.files?.clear();
    this.become(emptyDisk());
  }

  /** The device's disk as it is now, to be put back later: a restore of an old state. */
  takeSnapshot(): Uint8Array {
    return snapshotBunDatabase(this.database);
  }

  restore(snapshot: Uint8Array): void {
    this.crash();
    this.become(snapshot);
  }

  private become(snapshot: Uint8Array): void {
    this.former.push(this.database);
    this.database = openBunSnapshot(snapshot);
  }

  view<N extends ViewName>(name: N, ...args: Views[N]["args"]): Views[N]["value"] {
    return this.client.view(name, args);
  }

  /** The account id, in hex. */
  get account(): Hex {
    const me = this.view("status").me;
    if (me === undefined) throw new Error(`${this.device} has no account`);
    return me.account;
  }

  items(conversation: Hex): readonly TimelineItem[] {
    return this.view("timeline", conversation, 100_000).items;
  }

  /** Texts on the screen, oldest first. */
  reads(conversation: Hex): readonly string[] {
    return this.items(conversation).flatMap((item) => (item.body.kind === "text" ? [item.body.text] : []));
  }

  /** Kinds of the system lines on the screen. */
  lines(conversation: Hex): readonly string[] {
    return this.items(conversation).flatMap((item) => (item.body.kind === "system" ? [item.body.line.kind] : []));
  }

  async say(conversation: Hex, text: string): Promise<Hex> {
    return this.api.sendText(conversation, text);
  }

  chat(title: string): Hex {
    const row = this.view("chats").find((chat) => chat.title === title);
    if (row === undefined) throw new Error(`${this.device} has no chat "${title}"`);
    return row.conversation;
  }
}

function reachedBy(life: Life, database: Database): Database {
  return {
    ...database,
    run: (sql, ...params) => (life.on ? database.run(sql, ...params) : 0),
    transaction: (work) => {
      if (!life.on) throw new PowerLoss();
      return database.transaction(work);
    },
  };
}

function filesIn(files: Map<string, Map<number, Uint8Array>>): MediaPorts["files"] {
  const partsOf = (name: string) => files.get(name) ?? new Map<number, Uint8Array>();
  return {
    write: async (name, offset, bytes) => void files.set(name, partsOf(name).set(offset, Uint8Array.from(bytes))),
    read: async (name, offset, length) => {
      const out = new Uint8Array(length);
      for (const [from, bytes] of partsOf(name)) {
        const [begin, end] = [Math.max(from, offset), Math.min(from + bytes.length, offset + length)];
        if (begin < end) out.set(bytes.subarray(begin - from, end - from), begin - offset);
      }
      return out;
    },
    remove: async (name) => void files.delete(name),
  };
}
