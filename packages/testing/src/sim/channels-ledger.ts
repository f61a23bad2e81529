/**
 * Channels ledger: what was published and said in channels, who was asked to publish, what home decided in the open,
 * and what it left out for one person.
 */
import type { Hex } from "@yanshu/client";
import { nodePrimitives } from "@yanshu/server";
import {
  type Bytes,
  decodeChannelEntry,
  decodePackFile,
  decodePackFiles,
  decodePackSaid,
  encodePackFile,
  encodePackFiles,
  toHex,
} from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";

/** Between two packs of a simulated home. */
export const packMs = 4_000;
const packsPath = "/public/packs/";

export type PublicSaid = {
  readonly text: string;
  readonly number: number;
  readonly what: "film" | "comment";
  readonly by: Person;
  readonly account: Hex;
  /** Of a comment: whichever its pen name is. */
  readonly channel: Hex | undefined;
  readonly atMs: number;
  /** Its device answered that it keeps it until a pack has it. */
  isKept: boolean;
  /** Withdrawn, or perhaps. */
  isGone: boolean;
};

type Decided = { readonly entry: Hex; readonly action: "remove" | "label" | "restore"; readonly reason: string };

export class ChannelsLedger {
  readonly said: PublicSaid[] = [];
  /** Names that were given, so that none is given twice. */
  names = 0;
  /** Accounts that were asked to publish in a channel. */
  private readonly asked = new Map<Hex, Set<Hex>>();
  private readonly decisions: (Decided & { isDone: boolean })[] = [];
  /** Devices whose clock was another: to them a pack may have had a false hour (CH27). */
  private readonly skewed = new Set<Person>();
  /** Films that home leaves out for a device; none yet: the next one. */
  private readonly leftOut = new Map<Person, Set<Hex>>();

  say(
    sim: { readonly world: Pick<World, "clock"> },
    { by, account, channel, what }: Pick<PublicSaid, "by" | "account" | "channel" | "what">,
  ): PublicSaid {
    const number = this.said.length + 1;
    const text = `${what} ${number} by ${by.device}.`;
    const atMs = sim.world.clock.nowMs();
    const said = { text, number, what, by, account, channel, atMs, isKept: false, isGone: false };
    this.said.push(said);
    return said;
  }

  find(text: string): PublicSaid | undefined {
    return this.said.find((one) => one.text === text);
  }

  withdrawn(text: string): void {
    const said = this.find(text);
    if (said !== undefined) said.isGone = true;
  }

  asks(channel: Hex, account: Hex): void {
    this.asked.set(channel, (this.asked.get(channel) ?? new Set()).add(account));
  }

  wasAsked(channel: Hex, account: Hex): boolean {
    return this.asked.get(channel)?.has(account) === true;
  }

  decides(decided: Decided) {
    const one = { ...decided, isDone: false };
    this.decisions.push(one);
    return {
      done: () => {
        one.isDone = true;
      },
      refused: () => void this.decisions.splice(this.decisions.indexOf(one), 1),
    };
  }

  /** The last one; undefined also while it is not known whether home wrote it down. */
  decisionOn(entry: Hex): Decided | undefined {
    const last = this.decisions.findLast((one) => one.entry === entry);
    return last?.isDone === true ? last : undefined;
  }

  get decided(): readonly Decided[] {
    return [...new Set(this.decisions.map(({ entry }) => entry))].flatMap((entry) => this.decisionOn(entry) ?? []);
  }

  /** After each step. */
  sample(people: readonly Person[]): void {
    for (const person of people) if (person.skewMs !== 0) this.skewed.add(person);
  }

  wasSkewed(person: Person): boolean {
    return this.skewed.has(person);
  }

  leaveOutNext(person: Person): void {
    this.leftOut.set(person, new Set());
  }

  isLeftOut(person: Person): boolean {
    return this.leftOut.has(person);
  }

  hasLeftOut(person: Person): boolean {
    return (this.leftOut.get(person)?.size ?? 0) > 0;
  }

  /** Of the films that home left out for this device. */
  leavesOut(person: Person, entry: Hex): boolean {
    return this.leftOut.get(person)?.has(entry) === true;
  }

  /** What home answers this device: all that it answers everybody, but for what it leaves out. */
  answered(person: Person, path: string, body: Bytes): Bytes {
    const out = this.leftOut.get(person);
    if (out === undefined || !path.startsWith(packsPath)) return body;
    return encodePackFiles(decodePackFiles(body).map((file) => this.without(file, out, person)));
  }

  private without(file: Bytes, out: Set<Hex>, person: Person): Bytes {
    const pack = decodePackFile(file);
    const { places } = decodePackSaid(pack.said);
    const entries = pack.entries.map((bytes, at) => {
      const hash = places[at] && toHex(places[at].hash);
      if (hash === undefined || bytes.length === 0) return bytes;
      if (out.size === 0 && isFilm(bytes) && !isOwn(person, places[at]?.channel)) out.add(hash);
      return out.has(hash) ? new Uint8Array() : bytes;
    });
    return encodePackFile({ ...pack, entries });
  }
}

const isFilm = (bytes: Bytes) => decodeChannelEntry(nodePrimitives.sha256, bytes).kind === "pictures";
const isOwn = (person: Person, channel: Bytes | undefined) =>
  channel !== undefined && person.view("channelsMine").channels.some(({ id }) => id === toHex(channel));
