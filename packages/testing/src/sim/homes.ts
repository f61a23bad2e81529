/**
 * Homes: several servers with names of their own that speak with each other (docs/spec/simulation.md SIM15), beside the
 * one that every seed has. Their lines go over wires that are cut, mended and broken; each dies and comes back.
 */
import { type Provided, peersPort, provide } from "@yanshu/server";
import { PeerWires } from "../world/peer-homes.ts";
import { Person, worldDomain } from "../world/person.ts";
import { SecondHome, Ways } from "../world/second-home.ts";
import type { World } from "../world/world.ts";

/** In the order in which they are made, after the world's own. */
const names = ["ben.test", "cat.test", "dan.test"];
export const homesMax = 1 + names.length;

export class Homes {
  readonly wires = new PeerWires();
  readonly ways = new Ways();
  private world: World | undefined;
  private linesStayCut = false;

  readonly provides: readonly Provided[] = [provide(peersPort, this.wires.portOf(worldDomain))];

  /** @param count of all homes. */
  begin(world: World, count: number, linesStayCut: boolean): void {
    this.linesStayCut = linesStayCut;
    this.world = world;
    this.wires.begin(world);
    this.wires.add(worldDomain, () => (world.isServerUp ? world.server : undefined));
    for (const name of names.slice(0, count - 1)) {
      const home = new SecondHome(world, name, [provide(peersPort, this.wires.portOf(name))]);
      this.wires.add(name, () => home.running);
      this.ways.others.push(home);
      world.beside.push(home);
      world.network.beside.push(home.network);
    }
  }

  get others(): readonly SecondHome[] {
    return this.ways.others;
  }

  /** The home at which somebody new begins; undefined: the world's own. */
  private drawn(): SecondHome | undefined {
    const place = this.world?.chance.below(1 + this.others.length) ?? 0;
    return this.others[place - 1];
  }

  /** A new device with the app of that home, or of the one where that person is now. */
  device(name: string, at: SecondHome | Person | undefined): Promise<Person> {
    const home = at instanceof Person ? this.others.find(({ domain }) => domain === at.view("homes").home) : at;
    return this.ways.device(this.world as World, name, home);
  }

  async person(name: string): Promise<Person> {
    const world = this.world as World;
    const home = this.drawn();
    const person = await this.device(name, home);
    await world.during(person.api.createAccount({ name, link: (home ?? world).inviteLink }));
    await world.pass(500);
    return person;
  }

  /** All lines are whole, and every home runs. */
  mend(): void {
    this.mendLines();
    for (const home of this.others) if (home.running === undefined) home.start();
  }

  mendLines(): void {
    if (!this.linesStayCut) this.wires.mend();
  }

  /** Rows that wait for another home, at each. */
  waiting(): number {
    const logs = this.world === undefined ? [] : [this.world.log, ...this.others.map(({ log }) => log)];
    return logs.reduce((sum, { features: { peers } }) => sum + peers.waiting().length, 0);
  }

  end(): void {
    for (const home of this.others) {
      home.crash();
      home.log.close();
    }
  }
}
