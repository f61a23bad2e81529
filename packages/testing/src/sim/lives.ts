/**
 * Lives (docs/spec/simulation.md I19): what was shown in them, who was a member by the word of the device that showed,
 * and which keys each account ever had. Home records every piece.
 */
import type { Hex } from "@yanshu/client";
import { decodeBody, decodeLiveSaid, decodeSignedLive } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Bytes, concat, fromUtf8, toHex } from "@yanshu/wire";
import { decode } from "cborg";
import { type Ghost, ghostIn } from "../world/ghost.ts";
import { roomOf } from "../world/live-page.ts";
import type { Person } from "../world/person.ts";
import type { World } from "../world/world.ts";
import type { Broken } from "./breaks.ts";
import { accountOf } from "./disk.ts";

const crypto = createBunCrypto();

type Key = { readonly generation: number; readonly key: Bytes };
type Recorded = { readonly room: Bytes; ghost: Ghost | undefined; readonly frames: Bytes[] };

export class Lives {
  /** Of each piece by its word: the accounts that may open it. */
  private readonly allowed = new Map<string, ReadonlySet<Hex>>();
  /** By account and key, in hex. */
  private readonly keys = new Map<Hex, Map<string, Key>>();
  private readonly recorded = new Map<Hex, Recorded>();
  private words = 0;

  /** Home begins to record it; again after it began anew. */
  record(world: World, live: Hex): void {
    const one = this.recorded.get(live) ?? { room: roomOf(live), ghost: undefined, frames: [] };
    this.recorded.set(live, one);
    this.keep();
    one.ghost?.leave();
    try {
      one.ghost = ghostIn(world, one.room, { watches: true });
    } catch {
      one.ghost = undefined; // The server is down just now.
    }
  }

  /** A word of its own for a piece that these may open. */
  piece(members: ReadonlySet<Hex>): string {
    const word = `piece ${++this.words}`;
    this.allowed.set(word, members);
    return word;
  }

  /** What each device knows of keys now; they go once a Live is over. */
  sample(people: readonly Person[]): void {
    for (const person of people) {
      const account = accountOf(person.disk);
      if (account === undefined) continue;
      const held = this.keys.get(toHex(account)) ?? new Map<string, Key>();
      this.keys.set(toHex(account), held);
      for (const key of keysOn(person)) held.set(`${key.generation} ${toHex(key.key)}`, key);
    }
    this.keep();
  }

  /** I19. */
  async wrong(): Promise<readonly Broken[]> {
    this.keep();
    const broken = new Map<string, Broken>();
    for (const { room, frames } of this.recorded.values())
      for (const sealed of frames)
        for (const [account, keys] of this.keys) {
          const word = await wordOf(room, sealed, keys.values());
          const may = word === undefined ? undefined : this.allowed.get(word);
          if (may === undefined || may.has(account)) continue;
          const why = `${account.slice(0, 6)} opens "${word}", which was shown after it was removed`;
          broken.set(why, { invariant: "I19", why });
        }
    return [...broken.values()];
  }

  private keep(): void {
    for (const { ghost, frames } of this.recorded.values())
      for (const frame of ghost?.got.splice(0) ?? []) if (frame.type === "shown") frames.push(frame.bytes);
  }
}

function keysOn({ disk }: Person): readonly Key[] {
  const rows = disk.all<{ body: Uint8Array }>("SELECT body FROM messages WHERE kind = 'live'");
  const first = rows.flatMap(({ body }): Key[] => {
    const said = decodeBody(body);
    if (said?.kind !== "live" || said.secret === undefined) return [];
    return [{ generation: 0, key: crypto.derive(said.secret, "yanshu live key v1", 32) }];
  });
  const marks = disk.all<{ value: Uint8Array }>("SELECT value FROM marks WHERE kind = 'liveKey'");
  const later = marks.flatMap(({ value }): Key[] => {
    const { generation, key } = decode(value) as { generation?: unknown; key?: unknown };
    return typeof generation === "number" && key instanceof Uint8Array ? [{ generation, key }] : [];
  });
  return [...first, ...later];
}

/** As CA167 has it. */
async function wordOf(room: Bytes, sealed: Bytes, keys: Iterable<Key>): Promise<string | undefined> {
  const head = sealed.slice(0, 2);
  const generation = ((head[0] as number) << 8) | (head[1] as number);
  for (const one of keys) {
    if (one.generation !== generation) continue;
    const plain = await crypto.open(one.key, sealed.slice(2, 14), concat(room, head), sealed.slice(14));
    const signed = plain && decodeSignedLive(plain);
    const said = signed && decodeLiveSaid(signed.body);
    if (said?.kind === "piece") return fromUtf8(said.bytes);
  }
  return undefined;
}
