/**
 * Seed: one simulation (docs/spec/simulation.md SIM1–SIM4). A calm beginning, steps with every kind
 * of misfortune, then all is mended, everybody says a last word, and the invariants are held
 * against what the screens show.
 */
import { PostgresInside } from "@yanshu/server/pglite";
import { decodeServerFrame, toHex } from "@yanshu/wire";
import type { Family } from "../feature.ts";
import { type Person, PowerLoss } from "../world/person.ts";
import { isAwake } from "./acts/act.ts";
import { answerAll, meetAgain } from "./acts/contacts.ts";
import { revokePhantoms } from "./acts/devices.ts";
import { switchOn } from "./acts/faults.ts";
import { acrossHomes, act, usual } from "./acts/index.ts";
import { sayIn, tapAll, waiting } from "./acts/talk.ts";
import type { Breakable, Broken } from "./breaks.ts";
import { readAll } from "./channels.ts";
import { isAlive, standings } from "./disk.ts";
import { check, unrest } from "./invariants.ts";
import { lieOf } from "./lies.ts";
import { lookAround } from "./moments.ts";
import { Simulation } from "./simulation.ts";

export type SeedOptions = {
  readonly steps: number;
  readonly broken?: Breakable;
  /** More than one share a database. */
  readonly servers?: number;
  /** With names of their own. */
  readonly homes?: number;
  readonly families?: readonly Family[];
  /** Every seed has files, and Moments with them; else one of three has. */
  readonly isMomentsEach?: boolean;
  readonly say?: (line: string) => void;
};
export type SeedResult = {
  readonly seed: number;
  /** Of every step and every frame: two runs of one seed give the same. */
  readonly trace: string;
  readonly failure?: { readonly step: number; readonly why: string; readonly invariants: readonly string[] };
};

const names = ["alice", "bob", "外婆", "dora", "eve"];
/** What pays for storing files costs every device a moment: one seed of three has them. */
const filesEvery = 3;
/** What likes are counted by costs every device a second: of those with files every fourth seed has Channels. */
const channelsEvery = 12;
const channelsSeed = 3;
/**
 * What a device keeps beside its disk is made anew whenever it knows more: one seed of four has it, and may lose disks.
 */
const deviceBackupsEvery = 4;
const quietChunkMs = 2_000;
const quietMsMax = 600_000;
/** Longer than what any device waits before it acts on its own. */
const restMs = 150_000;

export async function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  const { servers = 1, homes = 1, families = homes > 1 ? acrossHomes : usual, isMomentsEach = false } = options;
  const isSeveral = servers > 1;
  const hasFiles = families.includes("files") && (isMomentsEach || seed % filesEvery === 0);
  // Holes cost what files cost: where home gives out nothing to pay with, nobody uses Moments.
  const hasChannels = hasFiles && !isSeveral && families.includes("channels") && seed % channelsEvery === channelsSeed;
  const isPlayed: Partial<Record<Family, boolean>> = { moments: hasFiles, channels: hasChannels, moves: homes > 1 };
  const played = families.filter((one) => isPlayed[one] ?? true);
  const between = [...(isSeveral ? ["servers" as const] : []), ...(homes > 1 ? ["homes" as const] : [])];
  const wanted = families.includes("faults") ? [...played, ...between] : played;
  const several = isSeveral ? { count: servers, postgres: await postgresInside() } : undefined;
  const sim = new Simulation(seed, lieOf(options.broken), {
    files: hasFiles,
    deviceBackups: wanted.includes("losses") && seed % deviceBackupsEvery === 1,
    channels: hasChannels,
    several,
    homes,
  });
  const trace = tracer(sim, options.say);
  const stop = watchRejections(sim);
  if (options.say !== undefined)
    sim.faults.listen = (person, what) => options.say?.(`       ${clockOf(sim)} ${person.device} ${what}`);
  try {
    const broken = await play(sim, trace.note, options.steps, wanted);
    const [first] = broken;
    return {
      seed,
      trace: trace.hash(),
      ...(first === undefined ? {} : { failure: { step: sim.step, why: whyOf(broken), invariants: kindsOf(broken) } }),
    };
  } catch (error) {
    const why = `the simulator threw: ${error instanceof Error ? (error.stack ?? error.message).replaceAll("\n", " ") : String(error)}`;
    return { seed, trace: trace.hash(), failure: { step: sim.step, why, invariants: [] } };
  } finally {
    stop();
    sim.end();
  }
}

let inside: Promise<PostgresInside> | undefined;
/** One for all seeds of the process: to begin it takes as long as a seed. */
function postgresInside(): Promise<PostgresInside> {
  inside ??= PostgresInside.begin();
  return inside;
}

function kindsOf(broken: readonly Broken[]): readonly string[] {
  return [...new Set(broken.map(({ invariant }) => invariant))];
}

function whyOf(broken: readonly Broken[]): string {
  const [first] = broken;
  if (first === undefined) return "";
  const kinds = kindsOf(broken).join(" ");
  return `${first.invariant} ${first.why}${broken.length > 1 ? ` (and ${broken.length - 1} more: ${kinds})` : ""}`;
}

async function play(
  sim: Simulation,
  note: (line: string) => void,
  steps: number,
  wanted: readonly Family[],
): Promise<readonly Broken[]> {
  await begin(sim, wanted);
  sim.world.network.keepsTraffic = true;
  for (sim.step = 1; sim.step <= steps; sim.step++) {
    const did = await act(sim, wanted);
    note(did);
    await sim.world.pass(pauseMs(sim));
    for (const script of sim.scripts) if (script()) sim.scripts.delete(script);
    if (wanted.includes("moments")) sim.moments.sample(sim);
    if (sim.hasChannels) sim.channels.sample(sim.people);
    if (bugsOf(sim).length > 0) return bugsOf(sim);
  }
  await mend(sim);
  note("all is mended");
  await settle(sim);
  lastWords(sim);
  await settle(sim);
  if (sim.moments.posts.length > 0) {
    await lookAround(sim);
    await settle(sim);
    await lookAround(sim);
  }
  if (sim.hasChannels) await readAll(sim);
  note("quiet");
  const broken = [...bugsOf(sim), ...(await check(sim))];
  for (const person of sim.people)
    if (person.isOn) note(`${person.device} counts ${JSON.stringify(person.client.diagnostics())}`);
  for (const { invariant, why } of broken) note(`${invariant} ${why}`);
  return broken;
}

function bugsOf(sim: Simulation): readonly Broken[] {
  const reported = sim.people.flatMap((person) =>
    person.bugs.filter((bug) => !(bug instanceof PowerLoss)).map((bug) => ({ person, bug })),
  );
  for (const { person, bug } of reported) sim.bug(person.device, bug);
  for (const person of sim.people) person.bugs.length = 0;
  return sim.bugs.map((why) => ({ invariant: "I4", why }));
}

/** Most steps follow at once, some after a while. */
function pauseMs({ chance }: Simulation): number {
  const kind = chance.next();
  if (kind < 0.7) return chance.below(400);
  return kind < 0.96 ? chance.below(3_000) : chance.below(40_000);
}

async function begin(sim: Simulation, wanted: readonly Family[]): Promise<void> {
  const { world, chance } = sim;
  const people: Person[] = [];
  for (const name of names.slice(0, 3 + chance.below(3)))
    people.push(await (sim.homes?.person(name) ?? world.person(name)));
  const [owner, ...others] = people as [Person, ...Person[]];
  const friends = others.filter((_, i) => i === 0 || chance.next() < 0.8);
  for (const friend of friends) await world.befriend(owner, friend);
  const group = chance.next() < 0.7 ? await world.group(owner, friends, "Dinner") : undefined;
  if (group !== undefined && world.blobs !== undefined && wanted.includes("history") && chance.next() < 0.7)
    await world.during(owner.api.setNewcomersSee(group, "all"));
  if (chance.next() < 0.3 && wanted.includes("devices")) {
    const person = chance.pick(people);
    await world.linkDevice(person, await sim.homes?.device(person.name, person));
  }
}

async function mend(sim: Simulation): Promise<void> {
  const { world } = sim;
  world.several?.mend();
  world.startServers();
  sim.homes?.mend();
  for (const person of sim.people) {
    world.network.meddle(person.device, undefined);
    world.network.letBack(person.device);
    sim.faults.failPowerAfter(person, Number.POSITIVE_INFINITY);
  }
  // What the operator kept back is still queued, and comes with the next connection.
  for (const person of sim.ledger.drops.keys()) world.network.breakSockets(person.device);
  await world.pass(1_000); // What was to crash soon has crashed.
  world.several?.mend();
  world.startServers();
  sim.homes?.mend();
  for (const person of sim.people) {
    person.skewMs = 0;
    if (!person.isOn) await switchOn(sim, person);
  }
}

/** Lets time pass until nothing moves any more, or for long enough. */
async function settle(sim: Simulation): Promise<void> {
  for (let passedMs = 0; passedMs < quietMsMax; passedMs += quietChunkMs) {
    await sim.world.pass(quietChunkMs);
    for (const script of sim.scripts) if (script()) sim.scripts.delete(script);
    const taps = sim.people
      .filter((one) => one.isOn && waiting(one).size > 0 && isAlive(sim.world, one))
      .reduce((sum, one) => sum + tapAll(sim, one), 0);
    for (const person of sim.people) if (isAwake(person)) answerAll(sim, person);
    if (passedMs % 60_000 === 0) for (const person of sim.people) if (isAwake(person)) meetAgain(sim, person);
    if (passedMs % 20_000 === 0) for (const person of sim.people) if (isAwake(person)) comesAlong(sim, person);
    const phantoms = passedMs % 20_000 === 0 ? revokePhantoms(sim) : 0;
    if (taps > 0 || phantoms > 0 || unrest(sim).length > 0) continue;
    if (passedMs >= restMs) return;
    // Nothing is under way: only a timer can change that.
    await sim.world.pass(restMs);
    passedMs += restMs;
  }
}

/** Who is asked whether this device goes where another one went (HM70). */
function comesAlong(sim: Simulation, person: Person): void {
  const { moved } = person.view("homes");
  if (moved !== undefined) sim.ask(person, "come along", (api) => api.moveHome(moved));
}

function lastWords(sim: Simulation): void {
  for (const person of sim.people) {
    if (!person.isOn || !isAlive(sim.world, person)) continue;
    for (const { conversation, kind, state } of standings(person.disk))
      if (kind !== "own" && state === "open") sayIn(sim, person, conversation);
  }
}

function tracer(sim: Simulation, say: ((line: string) => void) | undefined) {
  let hash = 0n;
  return {
    note(line: string): void {
      hash = BigInt(Bun.hash(line, hash));
      for (const frame of sim.world.network.traffic) hash = BigInt(Bun.hash(frame, hash));
      say?.(`${String(sim.step).padStart(4)} ${clockOf(sim)} ${line}`);
      if (say !== undefined) for (const frame of sim.world.network.traffic) sayFrame(say, frame);
      sim.world.network.traffic.length = 0;
    },
    hash: () => hash.toString(16).padStart(16, "0"),
  };
}

function clockOf(sim: Simulation): string {
  return new Date(sim.world.clock.nowMs()).toISOString().slice(11, 23);
}

function sayFrame(say: (line: string) => void, frame: Uint8Array): void {
  if (frame[0] !== 0xc0) return;
  const decoded = decodeServerFrame(frame);
  if (decoded.type !== "push") return;
  const { id, mode, gate, epoch } = decoded.push;
  say(`         push ${id} ${mode} ${gate === undefined ? "" : `${toHex(gate).slice(0, 6)} epoch ${epoch}`}`);
}

/** What nobody catches is a fault too, unless the device had lost its power. */
function watchRejections(sim: Simulation): () => void {
  const listen = (error: unknown) => {
    if (!(error instanceof PowerLoss)) sim.bug("unhandled", error);
  };
  process.on("unhandledRejection", listen);
  return () => process.off("unhandledRejection", listen);
}
