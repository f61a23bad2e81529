/**
 * Crowd: people with real keys in groups, their devices at three gateways, and those who write. All are known to one
 * ledger.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64Url, toHex } from "@yanshu/wire";
import { createGroup } from "../load/groups.ts";
import { greet, type Person } from "../load/people.ts";
import { people, registerAll, signInAll } from "../load/register.ts";
import { Device } from "./device.ts";
import { Ledger } from "./ledger.ts";
import type { Machines } from "./machines.ts";
import { Writer } from "./writer.ts";

/** Groups of two and of many; of each so many write. */
export type Shape = {
  readonly pairs: number;
  readonly writersPerPair: number;
  readonly crowds: number;
  readonly membersPerCrowd: number;
  readonly writersPerCrowd: number;
  /** Where the members of a pair are: at one server, each at another, or (absent) wherever chance puts them. */
  readonly place?: "within" | "across";
};

export class Crowd {
  readonly ledger: Ledger;
  readonly devices: readonly Device[];
  readonly writers: readonly Writer[];

  private constructor(ledger: Ledger, devices: readonly Device[], writers: readonly Writer[]) {
    this.ledger = ledger;
    this.devices = devices;
    this.writers = writers;
  }

  static async gather(machines: Machines, shape: Shape): Promise<Crowd> {
    const { urls } = machines;
    const url = urls[0] as string;
    const token = fromBase64Url(readFileSync(join(machines.data, "registration-token"), "utf8").trim());
    const server = { url, pid: 0, countsUrl: "", registrationToken: toHex(token ?? new Uint8Array()) };
    const everybody = await people(server, 2 * shape.pairs + shape.crowds * shape.membersPerCrowd);
    await registerAll(server, everybody);
    for (const peer of await signInAll(server, everybody)) peer.close();
    const ledger = new Ledger();
    const { peer } = await greet(url);
    const writers: Writer[] = [];
    let first = 0;
    const at = (group: number, member: number): readonly string[] => {
      if (shape.place === undefined) return urls;
      return [urls[(group + (shape.place === "across" ? member : 0)) % urls.length] as string];
    };
    const places: (readonly string[])[] = [];
    let groups = 0;
    const addGroup = async (count: number, writing: number) => {
      const members = everybody.slice(first, first + count);
      const indices = members.map((_, i) => first + i);
      const group = await createGroup(first, members, peer);
      for (let i = 0; i < writing; i++)
        writers.push(
          new Writer(ledger.addWriter(indices), group, members.map(addressOf), at(groups, i % count), ledger),
        );
      for (let i = 0; i < count; i++) places.push(at(groups, i));
      groups++;
      first += count;
    };
    for (let i = 0; i < shape.pairs; i++) await addGroup(2, shape.writersPerPair);
    for (let i = 0; i < shape.crowds; i++) await addGroup(shape.membersPerCrowd, shape.writersPerCrowd);
    peer.close();
    const devices = everybody.map((person, index) => new Device(index, person, 1, places[index] ?? urls, ledger));
    const crowd = new Crowd(ledger, devices, writers);
    await crowd.until("everybody is there", () => devices.every(({ isConnected }) => isConnected));
    return crowd;
  }

  begin(pauseMs = 0): void {
    for (const writer of this.writers) writer.begin(pauseMs);
  }

  /** Nobody writes any more, and all have everything. */
  async rest(secondsMax = 60): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.stop()));
    await this.until("everybody has everything", () => this.ledger.isAllDone, secondsMax).catch(() => undefined);
  }

  async until(what: string, isSo: () => boolean, secondsMax = 60): Promise<void> {
    for (const endMs = performance.now() + secondsMax * 1_000; !isSo(); await Bun.sleep(5))
      if (performance.now() > endMs) throw new Error(`not within ${secondsMax} s: ${what}`);
  }

  end(): void {
    for (const device of this.devices) device.end();
  }
}

function addressOf({ address }: Person) {
  return address;
}
