/**
 * Simulation: the devices of one seed, and what the simulator does to them and remembers of it.
 */
import { type Client, ClientError, type Hex } from "@yanshu/client";
import { decodeServerFrame, toHex } from "@yanshu/wire";
import type { Chance } from "../world/chance.ts";
import type { SimNetwork } from "../world/network.ts";
import { type Person, PowerLoss } from "../world/person.ts";
import type { SeveralOptions } from "../world/several.ts";
import { World } from "../world/world.ts";
import { type Breaker, breakerOf, type Lie, logLieOf } from "./breaks.ts";
import { ChannelsLedger, packMs } from "./channels-ledger.ts";
import { type DeviceBackups, deviceBackupsIn, type Loss } from "./device-backups.ts";
import { Faults } from "./faults.ts";
import { Homes } from "./homes.ts";
import { Ledger } from "./ledger.ts";
import { Lives } from "./lives.ts";
import { MomentsLedger } from "./moments-ledger.ts";
import { textsOn } from "./words.ts";

const pushFrame = 0xc0;
/** Of an envelope (docs/spec/delivery.md DS8). */
const noteKind = 1;

/** Something that takes several steps, asked after each whether it has ended. */
export type Script = () => boolean;

export class Simulation {
  readonly world: World;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly ledger = new Ledger();
  readonly moments = new MomentsLedger();
  readonly channels = new ChannelsLedger();
  readonly hasChannels: boolean;
  readonly lives = new Lives();
  readonly scripts = new Set<Script>();
  /** Undefined where there is one. */
  readonly homes: Homes | undefined;
  /** What no correct program does, as it happened. */
  readonly bugs: string[] = [];
  /** Pushes that came on a connection after one with a higher id. */
  readonly outOfOrder: string[] = [];
  /** How often each device was pushed a note that it had been pushed before. */
  readonly notesAgain = new Map<string, number>();
  step = 0;
  /** What each device keeps beside its disk; undefined where none does. */
  readonly deviceBackups: DeviceBackups | undefined;
  readonly losses: Loss[] = [];
  /** Old copies of disks, and the value of the sign-in pair that stands on each. */
  readonly copies = new Map<Person, { readonly disk: Uint8Array; readonly pair: Hex }>();
  /** Devices that run on such a copy. */
  readonly restored = new Set<Person>();
  /**
   * Chats of two that were blocked or declined on a disk which an old copy took the place of, or a device that was
   * revoked, and whose account did it.
   */
  readonly forgotten: { readonly conversation: Hex; readonly account: Hex | undefined }[] = [];
  /** One linking at a time: two lists signed at once would contradict each other. */
  linking = false;

  constructor(
    seed: number,
    lie: Lie | undefined,
    has: {
      readonly files: boolean;
      readonly deviceBackups: boolean;
      readonly channels?: boolean;
      readonly several?: SeveralOptions | undefined;
      /** With names of their own; more than one speak with each other. */
      readonly homes?: number;
    },
  ) {
    const breaker: Breaker | undefined = breakerOf(lie, (person) => this.world.people.indexOf(person));
    this.hasChannels = has.channels === true;
    this.deviceBackups = has.deviceBackups ? new Map() : undefined;
    this.faults = new Faults(breaker, () => this.world.clock.nowMs(), {
      ...(this.deviceBackups === undefined ? {} : { deviceBackup: deviceBackupsIn(this.deviceBackups) }),
      handsOver: (person, conversation, account) => this.noteHandover(person, conversation, account),
      ...(has.channels && { answers: (person, path, body) => this.channels.answered(person, path, body) }),
    });
    const several = has.several && { ...has.several, lie: logLieOf(lie, () => this.step > 0) };
    const homes = has.homes !== undefined && has.homes > 1 ? new Homes() : undefined;
    this.homes = homes;
    this.world = new World({
      seed,
      files: has.files,
      ...(has.channels && { config: { packMsMin: packMs } }),
      wrapPorts: (ports, person) => this.faults.wrap(homes?.ways.wrap(ports, person) ?? ports, person),
      several,
      ...(homes === undefined ? {} : { provides: homes.provides }),
    });
    homes?.begin(this.world, has.homes ?? 1, lie?.how.linesStayCut === true);
    for (const network of [this.world.network, ...this.world.network.beside]) this.watchPushes(network);
    this.chance = this.world.chance.fork();
  }

  get people(): readonly Person[] {
    return this.world.people;
  }

  private watchPushes(network: SimNetwork): void {
    const last = new Map<string, number>();
    const notes = new Set<string>();
    network.overhearServer = (connection, owner, frame, path) => {
      const decoded = frame[0] === pushFrame && path === undefined ? decodeServerFrame(frame) : undefined;
      if (decoded?.type !== "push") return;
      const { id, gate } = decoded.push;
      const of = `${connection} ${gate === undefined ? "" : toHex(gate)}`;
      const before = last.get(of) ?? 0;
      if (gate !== undefined && id <= before)
        this.outOfOrder.push(`step ${this.step}: ${owner} is pushed ${id} after ${before}`);
      last.set(of, id);
      if (decoded.push.envelope[0] !== noteKind) return;
      const note = `${owner}:${id}`;
      if (notes.has(note)) this.notesAgain.set(owner, (this.notesAgain.get(owner) ?? 0) + 1);
      notes.add(note);
    };
  }

  /** Asks something of a device, as a person would; a refusal in words is no fault. */
  ask<T>(person: Person, what: string, work: (api: Client["api"]) => Promise<T>, then?: (value: T) => void): void {
    const { client } = person;
    const isStill = () => person.isOn && person.client === client;
    work(client.api).then(
      (value) => isStill() && then?.(value),
      (error: unknown) => {
        if (!isStill() || error instanceof ClientError || error instanceof PowerLoss) return;
        this.bug(`${what} on ${person.device} threw`, error);
      },
    );
  }

  /** Called inside the transaction that plans it: all that is here now is to be handed. */
  private noteHandover(by: Person, conversation: Uint8Array, account: Uint8Array): void {
    const hex = toHex(conversation);
    this.ledger.handovers.push({
      by,
      conversation: hex,
      account: toHex(account),
      atMs: this.world.clock.nowMs(),
      texts: textsOn(by.disk, "state = 'sent' AND vault < 2", conversation).map(([, text]) => text),
      exits: new Map(this.people.map((person) => [person, this.faults.exitsOf(person, hex)])),
    });
  }

  /** Frees what the seed held. */
  end(): void {
    for (const person of this.people) person.end();
    this.homes?.end();
    this.world.end();
  }

  bug(what: string, error: unknown): void {
    this.bugs.push(`${what}: ${describe(error)}`);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const at = error.stack?.split("\n").find((line) => line.includes("/packages/") && !line.includes("/testing/"));
  return `${error.name}: ${error.message}${
    at === undefined
      ? ""
      : ` (${at
          .trim()
          .replace(/^at /, "")
          .replace(/\/.*\/packages\//, "")})`
  }`;
}
