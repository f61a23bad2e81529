/**
 * Second home: another server on the clock of a world, at a name of its own. Devices of the world reach both, and
 * neither server speaks to the other but where each is given wires (peer-homes.ts).
 */
import {
  createServer,
  MemoryFilms,
  memoryBlobStore,
  nodePrimitives,
  openSqliteLog,
  type Provided,
  type Server,
} from "@yanshu/server";
import { encodeLink, fromHex, openHomeRecord, toHex } from "@yanshu/wire";
import { SimNetwork } from "./network.ts";
import type { Person, WrapPorts } from "./person.ts";
import { publicHome, World, type WorldOptions } from "./world.ts";

type Limits = Partial<Parameters<typeof createServer>[0]["config"]>;

export class SecondHome {
  readonly domain: string;
  readonly network: SimNetwork;
  private readonly world: World;
  private readonly token: Uint8Array;
  log: ReturnType<typeof openSqliteLog>;
  /** Of the key that it shows from its next start on. */
  keyFill = 13;
  private server: Server | undefined;

  private readonly provides: readonly Provided[];
  private readonly limits: Limits;
  private readonly blobs: ReturnType<typeof memoryBlobStore> | undefined;
  /** Films of channels. */
  readonly films = new MemoryFilms();

  /** @param logPath where its database lies; in memory by default. @param limits in the place of its own. */
  constructor(
    world: World,
    domain: string,
    provides: readonly Provided[] = [],
    logPath = ":memory:",
    limits: Limits = {},
  ) {
    this.limits = limits;
    this.domain = domain;
    this.world = world;
    this.network = new SimNetwork(world.clock, world.chance.fork());
    this.token = world.chance.bytes(16);
    this.provides = provides;
    this.blobs = world.blobs && memoryBlobStore(world.chance.bytes(32));
    this.log = openSqliteLog(logPath, { random: world.chance.bytes });
    this.start();
  }

  start(): void {
    const server = createServer({
      log: this.log,
      clock: this.world.clock,
      random: this.world.chance.fork().bytes,
      primitives: nodePrimitives,
      push: undefined,
      wake: undefined,
      blobs: this.blobs,
      provides: [...publicHome(this.keyFill, this.films), ...this.provides],
      fanout: { publish: (topic, frame) => this.network.publish(topic, frame) },
      config: {
        domain: this.domain,
        registrationToken: this.token,
        registrationsPerHour: { standing: 10_000 },
        registrationsPerDay: { member: 10_000, members: 10_000 },
        callsPerMinute: { connection: 100_000, prefix: 1_000_000 },
        ...this.limits,
      },
    });
    this.server = server;
    this.network.serve(
      (sink, prefix, path) =>
        path === undefined ? server.connect(sink, prefix) : server.socketAt(path)?.connect(sink, prefix),
      this.blobs && server.httpAt,
    );
  }

  /** The server that runs, if one does. */
  get running(): Server | undefined {
    return this.server;
  }

  /** As by `kill -9`. */
  crash(): void {
    this.server?.stop();
    this.server = undefined;
    this.network.serve(undefined);
  }

  get inviteLink(): string {
    return encodeLink(`https://${this.domain}`, {
      kind: "invite",
      link: { server: this.domain, token: this.token },
    });
  }
}

/** The way of a world's devices to other homes, and to the one in whose app each was opened. */
export class Ways {
  readonly others: SecondHome[] = [];
  private readonly openedAt = new Map<Person, SecondHome>();
  private opensAt: SecondHome | undefined;

  /** Leads a device's sockets to the home that each names, and its files to its own. */
  readonly wrap: WrapPorts = (ports, person) => {
    if (this.opensAt !== undefined) this.openedAt.set(person, this.opensAt);
    this.opensAt = undefined;
    const own = this.openedAt.get(person);
    return {
      ...ports,
      server: own?.domain ?? ports.server,
      ...(own && ports.media
        ? { media: { ...ports.media, request: (_, asked) => own.network.request(person.device, asked) } }
        : {}),
      connect: (at, events, path) => {
        const other = this.others.find(({ domain }) => domain === at);
        return other === undefined
          ? ports.connect(at, events, path)
          : other.network.connect(person.device, events, path);
      },
    };
  };

  /** A device that nobody lives on yet, with the app of that home; undefined: of the world's own. */
  device(world: World, name: string, at: SecondHome | undefined): Promise<Person> {
    this.opensAt = at;
    return world.device(name);
  }
}

/** A world whose devices reach a second home as well, and whose next device may have been opened there. */
export function worldOfTwo(options: WorldOptions = {}) {
  const ways = new Ways();
  const world: World = new World({
    ...options,
    wrapPorts: (given, person) => ways.wrap(options.wrapPorts?.(given, person) ?? given, person),
  });
  const home = (domain: string, provides?: readonly Provided[], logPath?: string, limits?: Limits) => {
    const made = new SecondHome(world, domain, provides, logPath, limits);
    ways.others.push(made);
    return made;
  };
  const deviceAt = (name: string, at: SecondHome) => ways.device(world, name, at);
  /** As when its battery dies, whichever home it was speaking to. */
  const crash = (person: Person) => {
    person.crash();
    for (const { network } of ways.others) network.breakSockets(person.device);
  };
  return { world, home, deviceAt, crash };
}

/** What lies in the vault of somebody at a home, by its place. */
export function vaultAt({ accounts, features }: World["log"], person: string): readonly string[] {
  const ref = accounts.find(fromHex(person))?.ref;
  if (ref === undefined) return [];
  const most = { count: 10_000, bytes: 2 ** 30 };
  return features.backup.segments(ref, 2 ** 30, most).map(({ at, segment }) => `${at} ${toHex(segment)}`);
}

/** Which homes of somebody a home was told of. */
export function toldAt({ accounts, features }: World["log"], person: string): readonly string[] | undefined {
  const ref = accounts.find(fromHex(person))?.ref;
  const record = ref === undefined ? undefined : features.homes.of(ref)?.record;
  return record && openHomeRecord(record)?.body.homes;
}
