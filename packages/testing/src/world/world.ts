/**
 * World: a real server and named people in one process, on a clock that waits for them. What a test
 * asserts is what a person would see.
 */

import { copyFileSync, rmSync } from "node:fs";
import type { Hex } from "@yanshu/client";
import {
  callsPort,
  createServer,
  keysFrom,
  type Log,
  LogAwayError,
  LogOpenError,
  MemoryFilms,
  memoryBlobStore,
  nodePrimitives,
  openSqliteLog,
  type Provided,
  type PushPort,
  provide,
  type Server,
  type ServerConfig,
  services,
} from "@yanshu/server";
import { encodeLink } from "@yanshu/wire";
import { type Chance, chanceFrom } from "./chance.ts";
import { SimClock } from "./clock.ts";
import { SimNetwork } from "./network.ts";
import { type FeaturesOf, type KindsOf, Person, type WrapPorts, worldDomain } from "./person.ts";
import { Several, type SeveralOptions } from "./several.ts";

export type WorldOptions = {
  readonly seed?: number;
  readonly config?: Partial<ServerConfig>;
  readonly keyPackagesKept?: number;
  /** Whether the server stores files; drawing what pays for them costs every person a moment. */
  readonly files?: boolean;
  readonly wrapPorts?: WrapPorts;
  /** What a device's program is made of; by default all that the client ships with. */
  readonly featuresOf?: FeaturesOf;
  /** Which kinds of conversation a device's program knows; by default all that the client ships with. */
  readonly kindsOf?: KindsOf;
  /** Where the server's database lies; in memory by default. */
  readonly logPath?: string;
  /** How the server wakes devices; by default it does not. */
  readonly push?: PushPort;
  /** What else the server is given. */
  readonly provides?: readonly Provided[];
  /** Servers that are one service; by default there is one, over SQLite. */
  readonly several?: SeveralOptions | undefined;
};

const realMsMax = 3_000;
const startMs = Date.UTC(2026, 10, 24, 9);

/** Voice and picture are the browsers'; here the relay is a name that nobody sends to. */
export const calls = provide(callsPort, {
  relay: {
    access: (room, seat) => ({ port: 1, username: `${room}:${seat}`, credential: "none" }),
    seatGone: () => undefined,
  },
  // Nor is media forwarded here: tests hand frames from one to the other.
  media: {
    join: async () => undefined,
    want: () => undefined,
    left: () => undefined,
    whenGone: () => undefined,
  },
});

/** Each byte of the seed of the key by which a world's home signs packs. */
export const homeFill = 11;

/** What a server needs to take channels. */
export function publicHome(fill: number, films: MemoryFilms, fillBefore?: number): readonly Provided[] {
  const secretOf = (byte: number) => new Uint8Array(64).fill(byte);
  const earlier = fillBefore === undefined ? undefined : secretOf(fillBefore);
  const { signKey, sign, before } = keysFrom(secretOf(fill), earlier);
  return [provide(services.homeKey, { publicKey: signKey, sign, before }), provide(services.films, films)];
}

export class World {
  readonly clock = new SimClock(startMs);
  readonly chance: Chance;
  readonly network: SimNetwork;
  readonly people: Person[] = [];
  /** Other homes, where accounts of this world may be too. */
  readonly beside: { readonly domain: string; readonly log: Log; readonly running: Server | undefined }[] = [];
  /** Files on the server's disk. */
  readonly blobs: ReturnType<typeof memoryBlobStore> | undefined;
  /** Films of channels. */
  readonly films = new MemoryFilms();
  /** Of the key that home shows from its next start on, and of the one before it. */
  keyFill = homeFill;
  keyFillBefore: number | undefined;
  private readonly token: Uint8Array;
  /** What is on the server's disk. */
  log: Log;
  /** Where there is more than one server. */
  readonly several: Several | undefined;
  private readonly logPath: string;
  private readonly config: Partial<ServerConfig>;
  private readonly keyPackagesKept: number;
  private readonly wrapPorts: WrapPorts | undefined;
  private readonly featuresOf: FeaturesOf | undefined;
  private readonly kindsOf: KindsOf | undefined;
  private readonly push: PushPort | undefined;
  private readonly provides: readonly Provided[];
  /** Those that run, by their numbers. */
  private readonly running = new Map<number, Server>();
  /** Those that wait for their database at this moment, and can do nothing else. */
  private readonly waiting = new Set<number>();

  constructor({
    seed = 1,
    config = {},
    keyPackagesKept = 4,
    wrapPorts,
    featuresOf,
    kindsOf,
    logPath = ":memory:",
    push,
    files = false,
    provides = [],
    several,
  }: WorldOptions = {}) {
    this.chance = chanceFrom(seed);
    this.network = new SimNetwork(this.clock, this.chance.fork());
    this.token = this.chance.bytes(16);
    this.logPath = logPath;
    this.several =
      several &&
      new Several(several, {
        clock: this.clock,
        chance: this.chance.fork(),
        letOthersDo: (number) => this.letOthersDo(number),
      });
    this.log = this.several?.log ?? openSqliteLog(logPath, { random: this.chance.bytes });
    this.blobs = files ? memoryBlobStore(this.chance.bytes(32)) : undefined;
    this.config = config;
    this.push = push;
    this.provides = provides;
    this.keyPackagesKept = keyPackagesKept;
    this.wrapPorts = wrapPorts;
    this.featuresOf = featuresOf;
    this.kindsOf = kindsOf;
    this.startServers();
  }

  /** One that runs. */
  get server(): Server {
    const [server] = this.running.values();
    if (server === undefined) throw new Error("the server is down");
    return server;
  }

  get servers(): Iterable<Server> {
    return this.running.values();
  }

  /** Numbers of those that do not run. */
  get serversDown(): readonly number[] {
    return Array.from({ length: this.several?.count ?? 1 }, (_, number) => number).filter(
      (number) => !this.running.has(number),
    );
  }

  get serversUp(): readonly number[] {
    return [...this.running.keys()];
  }

  startServers(): void {
    for (const number of this.serversDown) this.startServer(number);
  }

  /** Returns whether it runs: it does not begin while it cannot reach its database. */
  startServer(number = 0): boolean {
    try {
      this.start(number);
      return true;
    } catch (error) {
      if (!(error instanceof LogAwayError || error instanceof LogOpenError)) throw error;
      this.several?.ended(number);
      return false;
    }
  }

  private start(number: number): void {
    const random = this.chance.fork();
    const shared = this.several?.portsOf(number);
    const server = createServer({
      log: shared?.log ?? this.log,
      wake: shared?.wake,
      blobs: this.blobs && (shared?.blobs ?? this.blobs),
      clock: this.clock,
      random: random.bytes,
      primitives: nodePrimitives,
      push: this.push,
      provides: [...publicHome(this.keyFill, this.films, this.keyFillBefore), ...this.provides, calls],
      fanout: { publish: (topic, frame) => this.network.publish(topic, frame, number) },
      config: {
        ...this.config,
        domain: this.domain,
        registrationToken: this.token,
        topicFrom: 4, // Small groups take the path of large ones too.
        registrationsPerHour: { standing: 10_000 },
        registrationsPerDay: { member: 10_000, members: 10_000 },
        callsPerMinute: { connection: 100_000, prefix: 1_000_000 },
      },
    });
    this.running.set(number, server);
    const accept: Parameters<SimNetwork["serve"]>[0] = (sink, prefix, path) =>
      path === undefined ? server.connect(sink, prefix) : server.socketAt(path)?.connect(sink, prefix);
    this.network.serve(accept, this.blobs && server.httpAt, number);
  }

  get domain(): string {
    return this.config.domain ?? worldDomain;
  }

  get isServerUp(): boolean {
    return this.running.size > 0;
  }

  /** What was answered stays, what was not is lost: as by `kill -9`. */
  crashServer(number = 0): void {
    this.running.get(number)?.stop();
    this.running.delete(number);
    this.several?.ended(number);
    this.network.serve(undefined, undefined, number);
  }

  /** As one that is told to end (docs/spec/delivery.md DS82): its devices come to others. */
  async endServer(number: number, overMs: number): Promise<void> {
    const server = this.running.get(number);
    this.network.sendNobodyTo(number);
    await server?.drain(overMs);
    if (server !== undefined && this.running.get(number) === server) this.crashServer(number);
  }

  private letOthersDo(number: number): void {
    if (this.waiting.has(number)) return;
    this.waiting.add(number);
    const others = [...this.running].filter(([other]) => !this.waiting.has(other));
    if (others.length > 0) this.chance.pick(others)[1].flush();
    this.waiting.delete(number);
  }

  /** Frees what it held. */
  end(): void {
    for (const number of this.running.keys()) this.crashServer(number);
    if (this.several === undefined) this.log.close();
    else this.several.end();
  }

  /** A copy of what is on the server's disk, as after stopping it. */
  copyDisk(to: string): void {
    this.crashServer();
    this.log.tidy(); // All of it into the one file that is copied.
    this.log.close();
    copyFileSync(this.logPath, to);
    this.log = openSqliteLog(this.logPath, { random: this.chance.bytes });
    this.startServer();
  }

  /** The disk died, and a copy takes its place. */
  restoreDisk(from: string): void {
    this.crashServer();
    this.log.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${this.logPath}${end}`, { force: true });
    copyFileSync(from, this.logPath);
    this.log = openSqliteLog(this.logPath, { random: this.chance.bytes, restored: true });
    this.startServer();
  }

  get inviteLink(): string {
    return encodeLink(`https://${this.domain}`, { kind: "invite", link: { server: this.domain, token: this.token } });
  }

  /** A device that nobody lives on yet. */
  async device(name: string): Promise<Person> {
    const number = this.people.filter((person) => person.name === name).length + 1;
    const person = new Person(name, `${name} ${number}`, {
      clock: this.clock,
      network: this.network,
      chance: this.chance,
      keyPackagesKept: this.keyPackagesKept,
      files: this.blobs !== undefined,
      ...(this.wrapPorts === undefined ? {} : { wrap: this.wrapPorts }),
      ...(this.featuresOf === undefined ? {} : { featuresOf: this.featuresOf }),
      ...(this.kindsOf === undefined ? {} : { kindsOf: this.kindsOf }),
    });
    this.people.push(person);
    await person.switchOn();
    return person;
  }

  /** Somebody with an account. */
  async person(name: string): Promise<Person> {
    const person = await this.device(name);
    await this.during(person.api.createAccount({ name, link: this.inviteLink }));
    await this.pass(500);
    return person;
  }

  /** Lets time pass until `work` is done. */
  async during<T>(work: Promise<T>, msMax = 120_000): Promise<T> {
    let done = false;
    const watched = work.finally(() => {
      done = true;
    });
    watched.catch(() => undefined);
    for (let ms = 0; ms < msMax && !done; ms += 50) await this.clock.advance(50);
    // What is loaded from the disk in earnest, as a dictionary, goes by no clock of ours.
    if (!done) await Promise.race([watched, new Promise((resolve) => setTimeout(resolve, realMsMax))]);
    if (!done) throw new Error("the work did not end in time");
    return watched;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Lets time pass until `holds`; says what did not hold if it never does. */
  async until(what: string, holds: () => boolean, msMax = 60_000): Promise<void> {
    for (let ms = 0; ms <= msMax; ms += 50) {
      await this.clock.advance(ms === 0 ? 0 : 50);
      if (holds()) return;
    }
    throw new Error(`never came true: ${what}`);
  }

  /** Passes not a millisecond more than until it holds. */
  async atOnce(what: string, holds: () => boolean): Promise<void> {
    for (let ms = 0; ms < 5_000 && !holds(); ms++) await this.pass(1);
    if (!holds()) throw new Error(`never came true: ${what}`);
  }

  /** `one` scans the code of `other`, who accepts. Returns their conversation. */
  async befriend(one: Person, other: Person): Promise<Hex> {
    const link = await this.during(other.api.myLink());
    const conversation = await this.during(
      one.api.requestContact({ link, greeting: `我是${one.name}`, scanned: true }),
    );
    await this.until("the request arrives", () => other.view("requests").length > 0);
    await other.api.acceptRequest(conversation);
    await this.until("the acceptance arrives", () => one.view("conversation", conversation)?.state === "open");
    return conversation;
  }

  /** Everybody befriended with `owner`, and one group of them all. */
  async group(owner: Person, others: readonly Person[], name: string): Promise<Hex> {
    for (const other of others) {
      if (!owner.view("contacts").some((contact) => contact.account === other.account))
        await this.befriend(owner, other);
    }
    const group = await owner.api.createGroup({ name, accounts: others.map((other) => other.account) });
    await this.until(`everybody is in "${name}"`, () =>
      others.every((other) => other.view("conversation", group)?.state === "open"),
    );
    return group;
  }

  /** `person`'s new device, linked by the signed-in one. @param device absent: one of this world's home. */
  async linkDevice(person: Person, device?: Person): Promise<Person> {
    const fresh = await this.beginLinking(person, device);
    await this.during(fresh.api.confirmJoin(true));
    await this.during(person.api.confirmWords(true));
    await this.until("the device is added everywhere", () => stepOf(person) === "done" && stepOf(fresh) === "done");
    return fresh;
  }

  /** The same, until both show words, and nobody has said whether they are alike. */
  async beginLinking(person: Person, device?: Person): Promise<Person> {
    const fresh = device ?? (await this.device(person.name));
    await this.during(fresh.api.startLinking());
    const shown = fresh.view("linking");
    if (shown.side !== "new" || shown.step !== "show") throw new Error("the new device shows no link");
    await this.during(person.api.scanDevice(shown.link));
    await this.until("both show words", () => stepOf(person) === "compare" && stepOf(fresh) === "compare");
    return fresh;
  }

  /** Errors that no correct program makes. */
  bugs(): readonly unknown[] {
    return this.people.flatMap((person) => person.bugs);
  }
}

export function stepOf(person: Person): string {
  const linking = person.view("linking");
  return linking.side === "none" ? "none" : linking.step;
}
