/** Ledger: what was said, and under which circumstances: what the invariants hold the screens against. */
import type { Hex } from "@yanshu/client";
import { toHex } from "@yanshu/wire";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";
import { accountOf, membersAt, type Standing, standings } from "./disk.ts";
import type { Faults } from "./faults.ts";

export type Said = {
  readonly text: string;
  readonly by: Person;
  readonly conversation: Hex;
  readonly step: number;
  readonly atMs: number;
  /** Number among the sayings of this device here. */
  readonly number: number;
  /** Accounts that the sender saw in the conversation; empty where nobody is known yet. */
  readonly audience: ReadonlySet<Hex>;
  /** How each device stood in the conversation then. */
  readonly stood: ReadonlyMap<Person, Standing & { readonly exits: number }>;
  /** Blocks and refusals in this conversation before it. */
  readonly breaches: number;
};

/** An act on the members of a group. */
export type Act = {
  readonly kind: "add" | "remove" | "role" | "leave";
  readonly by: Person;
  readonly conversation: Hex;
  readonly account: Hex;
  /** The device kept it: what is asked of one whose power has failed was never asked. */
  taken: boolean;
};

/** Something that was done with a saying, and how often its doer had been out by then. */
export type Statement = { readonly said: Said; readonly by: Person; readonly exits: number };
/** A line of a list: every text that it may have, and whether it may have been taken out. */
export type Line = Statement & { readonly texts: Set<string>; isOut: boolean };

/** What a device had when it let somebody in whom the group's choice hands it. */
export type Handover = {
  readonly by: Person;
  readonly conversation: Hex;
  /** The newcomer. */
  readonly account: Hex;
  readonly atMs: number;
  readonly texts: readonly string[];
  /** How often each device had been out of it by then. */
  readonly exits: ReadonlyMap<Person, number>;
};

export class Ledger {
  readonly said: Said[] = [];
  readonly recalls: Statement[] = [];
  /** Those too that were wished only: whether it came to it, a device that crashed did not say. */
  readonly perhapsRecalled = new Set<string>();
  readonly lines: Line[] = [];
  readonly acts: Act[] = [];
  readonly handovers: Handover[] = [];
  /** Texts that were sent with a tap, and the accounts that were seen there at one: it was for them too. */
  readonly tapped = new Map<string, ReadonlySet<Hex>>();
  /**
   * What has no place of its own among what its device said: that which was tapped again (SY31), or waited for its file
   * (ME6).
   */
  readonly saidAgain = new Set<string>();
  /** Texts of which the operator dropped a push, by whom it was for. */
  readonly drops = new Map<Person, number>();
  /** Posts that a malicious member slipped in. */
  malice = 0;
  private readonly breached = new Map<Hex, number>();
  private readonly byText = new Map<string, Said>();
  private readonly counted = new Map<string, number>();

  /** Somebody blocked or refused somebody: what crosses that moment may be lost. */
  breach(conversation: Hex): void {
    this.breached.set(conversation, this.breaches(conversation) + 1);
  }

  breaches(conversation: Hex): number {
    return this.breached.get(conversation) ?? 0;
  }

  /** Notes a text before it is said, with everybody's standing at this moment. */
  say(
    sim: {
      readonly people: readonly Person[];
      readonly faults: Faults;
      readonly step: number;
      readonly world: Pick<World, "clock">;
    },
    by: Person,
    conversation: Hex,
  ): Said {
    const key = `${by.device}:${conversation}`;
    const number = (this.counted.get(key) ?? 0) + 1;
    this.counted.set(key, number);
    const stood = new Map<Person, Standing & { readonly exits: number }>();
    for (const person of sim.people) {
      const standing = standings(person.disk).find((one) => one.conversation === conversation);
      if (standing !== undefined) stood.set(person, { ...standing, exits: sim.faults.exitsOf(person, conversation) });
    }
    const { bytes, kind } = stood.get(by) ?? {};
    const said: Said = {
      text: `${by.device} #${number} of ${conversation.slice(0, 6)}`,
      by,
      conversation,
      step: sim.step,
      atMs: sim.world.clock.nowMs(),
      number,
      audience: new Set(bytes === undefined || kind === "direct" ? [] : membersAt(by.disk, bytes).keys()),
      stood,
      breaches: this.breaches(conversation),
    };
    this.said.push(said);
    this.byText.set(said.text, said);
    return said;
  }

  tap(text: string, by: Person, conversation: Uint8Array): void {
    const seen = membersAt(by.disk, conversation).keys();
    this.tapped.set(text, new Set([...(this.tapped.get(text) ?? []), ...seen]));
  }

  find(text: string | undefined): Said | undefined {
    return text === undefined ? undefined : this.byText.get(text);
  }

  /** A person's own account, as the ledger's texts name it. */
  accountOf(person: Person): Hex | undefined {
    const account = accountOf(person.disk);
    return account === undefined ? undefined : toHex(account);
  }
}
