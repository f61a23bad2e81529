/**
 * A page in a group call, made of plain arrays: what a browser's page and its sealing worker do with frames
 * (docs/spec/calls.md CA92, CA93).
 */
import type { FrameKeysView, GroupCallsView } from "@yanshu/client";
import { FrameOpener, FrameSealer, readHeader, readKid } from "@yanshu/mls/sframe";
import type { Bytes } from "@yanshu/wire";
import type { Person } from "./person.ts";

/** It seals what is said by the keys of its view, and opens what others hand it. */
export class CallPage {
  view: GroupCallsView = { areThere: false, live: [] };
  frameKeys: FrameKeysView = { own: undefined, others: [] };
  readonly person: Person;
  readonly host: string;
  private readonly sealer = new FrameSealer();
  private readonly opener = new FrameOpener(() => 0);

  constructor(person: Person) {
    this.person = person;
    this.host = `${person.device} page`;
    person.client.subscribe("groupCalls", [], (view) => {
      this.view = view;
    });
    person.client.subscribe("frameKeys", [], (keys) => {
      this.frameKeys = keys;
    });
  }

  get people(): string[] {
    return (this.view.now?.people ?? []).map(({ person, isHere }) => (isHere ? "me" : person.name)).toSorted();
  }

  /** Whether it has the keys of so many others. */
  has(others: number): boolean {
    return this.frameKeys.others.length === others;
  }

  get generation(): number {
    return readKid(this.frameKeys.own?.kid ?? 0).generation;
  }

  /** An opener with all that this page holds just now. */
  keptKeys(): FrameOpener {
    const kept = new FrameOpener(() => 0);
    for (const { kid, key } of this.frameKeys.others) kept.give(readKid(kid), key);
    return kept;
  }

  /** Whether it was given the key of this frame's name. */
  opens(sealed: Bytes): boolean {
    const named = readKid(readHeader(sealed)?.kid ?? -1);
    return this.frameKeys.others.some(({ kid }) => {
      const { seat, generation, step } = readKid(kid);
      return seat === named.seat && generation === named.generation && step <= named.step;
    });
  }

  async speak(words: string): Promise<Bytes> {
    const own = this.frameKeys.own;
    if (own !== undefined) await this.sealer.use(own.kid, own.key);
    const sealed = await this.sealer.seal(new TextEncoder().encode(words), 0, true);
    if (sealed === undefined) throw new Error("nothing is sealed without a key");
    return sealed;
  }

  async hear(sealed: Bytes): Promise<string> {
    const keys = this.frameKeys.others;
    for (const { kid, key } of keys) this.opener.give(readKid(kid), key);
    this.opener.keep(new Set(keys.map(({ seat }) => seat)));
    const opened = await this.opener.open(sealed, 0, true);
    if (typeof opened === "string") return opened;
    const speaker = this.view.now?.people.find(({ seat }) => seat === opened.seat)?.person.name;
    return `${speaker}: ${new TextDecoder().decode(opened.frame)}`;
  }
}
