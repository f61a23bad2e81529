/**
 * A walk of random steps between two homes: what is said at one comes to a phone at the other, once and in its order.
 */
import type { Bytes } from "@yanshu/wire";
import { minuteMs } from "../core/rate.ts";
import type { Client } from "./client.ts";
import type { Group } from "./group.ts";
import type { Roads } from "./peers.ts";

export type WalkAt = {
  readonly roads: Roads;
  readonly group: Group;
  /** The phone's home. */
  readonly home: string;
  readonly signIn: () => Promise<Client>;
  readonly below: (limit: number) => number;
  /** Of a long text. */
  readonly longest: number;
};

export class Walk {
  /** The phone while it has a connection. */
  phone: Client | undefined;
  readonly phones: Client[];
  readonly said = ["welcome"];
  private readonly at: WalkAt;

  constructor(at: WalkAt, phone: Client) {
    this.at = at;
    this.phone = phone;
    this.phones = [phone];
  }

  /** Its home dies, and with it the phone's connection. */
  crash(): void {
    const { roads, home } = this.at;
    this.phone?.lost();
    this.phone = undefined;
    roads.crash(home);
  }

  async connect(): Promise<Client> {
    if (this.phone !== undefined) return this.phone;
    this.phone = await this.at.signIn();
    this.phones.push(this.phone);
    return this.phone;
  }

  /** Says a few texts, and cuts the wires behind some of them. */
  async say(step: number, caller: () => Client): Promise<void> {
    const { roads, group, below, longest } = this.at;
    for (let n = below(4); n >= 0; n--) {
      const text = `${step}.${n}${"x".repeat(below(3) === 0 ? below(longest) : 20)}`;
      await group.say(caller(), text);
      this.said.push(text);
      if (below(3) === 0) roads.cut();
    }
  }

  /** Nothing is in the way any more: all comes, and is acknowledged. */
  async end(): Promise<void> {
    const { clock } = this.at.roads;
    await clock.pass(20 * minuteMs);
    const phone = await this.connect();
    for (let i = 0; i < 8; i++) {
      phone.ackAll();
      await clock.pass(2_000);
    }
  }
}

export const short = (text: string) => `${text.slice(0, 12)} ${text.length}`;

/** Each id once, in the order in which they came. */
export function once(clients: readonly Client[]): readonly string[] {
  const seen = new Map<number, Bytes>();
  for (const { pushes } of clients) for (const { id, envelope } of pushes) if (!seen.has(id)) seen.set(id, envelope);
  return [...seen].toSorted(([one], [other]) => one - other).map(([, text]) => new TextDecoder().decode(text));
}
