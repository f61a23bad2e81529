/** Authors of channels and a home's packs for tests, with keys from names: the same each time. */
import type { Bytes } from "../bytes.ts";
import {
  authorsBody,
  type ChannelEntry,
  type ChannelEntrySaid,
  channelEntryBytes,
  channelIdOf,
  decodeChannelEntry,
  deleteBody,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  noHash,
} from "../public/entries.ts";
import {
  type ChannelRoot,
  type Decision,
  decodePackSaid,
  type EntryCount,
  encodePackFile,
  encodePackSaid,
  packBytes,
  packHashOf,
} from "../public/packs.ts";
import { type Signer, sha256, signer } from "./signers.ts";

type Said = Partial<Omit<ChannelEntrySaid, "v">> & Pick<ChannelEntrySaid, "kind" | "body">;

/** A channel as its authors have it: they say the next entry, or one that no honest author says. */
export class Author {
  readonly signers: Signer[];
  readonly inception: Bytes;
  readonly channel: Bytes;
  readonly log: ChannelEntry[] = [];

  constructor(name: string, ...others: readonly string[]) {
    this.signers = [name, ...others].map((one) => signer(`author ${one}`));
    this.inception = encodeChannelInception({
      authors: this.signers.map(({ publicKey }) => publicKey),
      salt: sha256(new TextEncoder().encode(name)).subarray(0, 16),
    });
    this.channel = channelIdOf(sha256, this.inception);
  }

  /** The next entry; it is in the log from now on. */
  say(said: Said): ChannelEntry {
    const entry = this.make(said);
    this.log.push(entry);
    return entry;
  }

  /** An entry that is signed as it is given, also where it follows nothing. */
  make(said: Said, by: Signer | undefined = this.signers[said.author ?? 0]): ChannelEntry {
    const seq = said.seq ?? this.log.length;
    const encoded = encodeChannelSaid({
      channel: this.channel,
      seq,
      prev: this.log[seq - 1]?.hash ?? noHash,
      day: 20_786,
      author: 0,
      ...(seq === 0 ? { inception: this.inception } : {}),
      ...said,
    });
    const signature = (by as Signer).sign(channelEntryBytes(encoded));
    return decodeChannelEntry(sha256, encodeChannelEntry(encoded, signature));
  }

  delete(entry: ChannelEntry): ChannelEntry {
    return this.say({ kind: "delete", body: deleteBody.encode({ entry: entry.hash }) });
  }

  setAuthors(...names: readonly string[]): ChannelEntry {
    const next = names.map((name) => signer(`author ${name}`));
    const entry = this.say({
      kind: "authors",
      body: authorsBody.encode({ keys: next.map(({ publicKey }) => publicKey) }),
    });
    this.signers.splice(0, this.signers.length, ...next);
    return entry;
  }
}

export type MadePack = { readonly file: Bytes; readonly n: number; readonly hash: Bytes; readonly said: Bytes };

/** A home that publishes what it is told to. */
export class PackMaker {
  readonly key = signer("home of packs");
  readonly packs: MadePack[] = [];

  publish(
    entries: readonly ChannelEntry[],
    more: {
      decisions?: readonly Decision[];
      counts?: readonly EntryCount[];
      roots?: readonly ChannelRoot[];
      hour?: number;
    } = {},
  ): MadePack {
    const last = this.packs.at(-1);
    const said = encodePackSaid({
      home: "home.example",
      n: this.packs.length,
      prev: last?.hash ?? noHash,
      hour: more.hour ?? 498_864 + this.packs.length,
      places: entries.map(({ hash, channel, seq }) => ({ hash, channel, seq })),
      decisions: more.decisions ?? [],
      counts: more.counts ?? [],
    });
    const made = this.seal(
      said,
      entries.map(({ bytes }) => bytes),
      more.roots ?? [],
    );
    this.packs.push(made);
    return made;
  }

  /** Signs whatever it is given. */
  seal(said: Bytes, entries: readonly Bytes[], roots: readonly ChannelRoot[] = []): MadePack {
    const signature = this.key.sign(packBytes(said));
    const { n } = decodePackSaid(said);
    return {
      said,
      n,
      hash: packHashOf(sha256, said),
      file: encodePackFile({ said, signature, entries: [...entries], roots: [...roots] }),
    };
  }
}
