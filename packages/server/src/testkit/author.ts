/** An author of a public channel, as a client makes their entries; and what readers make of a home's packs. */
import {
  type Bytes,
  type ChannelEntry,
  type ChannelEntrySaid,
  type ChannelHead,
  channelBodies,
  channelEntryBytes,
  channelIdOf,
  decodeChannelEntry,
  deleteBody,
  encodeChannelEntry,
  encodeChannelInception,
  encodeChannelSaid,
  type FilmRef,
  filmOf,
  noHash,
  type OpenedPack,
  openPack,
  type PackFault,
  readPlaces,
  toHex,
} from "@yanshu/wire";
import { nodePrimitives } from "../core/node-crypto.ts";
import { signerFrom } from "./keys.ts";

const { sha256 } = nodePrimitives;

export type Film = { readonly bytes: Bytes; readonly list: Bytes; readonly ref: FilmRef };

/** A film of these bytes: what it shows nobody looks at here. */
export function filmFrom(bytes: Bytes, mime = "video/mp4"): Film {
  const { hash, list } = filmOf(sha256, bytes);
  const ref = { hash, bytes: bytes.length, mime, width: 540, height: 960 };
  return { bytes, list, ref: mime.startsWith("video/") ? { ...ref, durationMs: 9_000 } : ref };
}

export class Author {
  readonly channel: Bytes;
  readonly log: ChannelEntry[] = [];
  private readonly signer;
  private readonly inception: Bytes;

  constructor(name: string) {
    this.signer = signerFrom(`author ${name}`);
    const salt = sha256(new TextEncoder().encode(name)).subarray(0, 16);
    this.inception = encodeChannelInception({ authors: [this.signer.publicKey], salt });
    this.channel = channelIdOf(sha256, this.inception);
  }

  /** The next entry, which is in the log from now on. */
  say(said: Partial<Omit<ChannelEntrySaid, "v">> & Pick<ChannelEntrySaid, "kind" | "body">): ChannelEntry {
    const entry = this.make(said);
    this.log.push(entry);
    return entry;
  }

  make(said: Partial<Omit<ChannelEntrySaid, "v">> & Pick<ChannelEntrySaid, "kind" | "body">, by = this.signer) {
    const seq = said.seq ?? this.log.length;
    const encoded = encodeChannelSaid({
      channel: this.channel,
      seq,
      prev: this.log[seq - 1]?.hash ?? noHash,
      day: 19_000,
      author: 0,
      ...(seq === 0 ? { inception: this.inception } : {}),
      ...said,
    });
    return decodeChannelEntry(sha256, encodeChannelEntry(encoded, by.sign(channelEntryBytes(encoded))));
  }

  profile(name: string): ChannelEntry {
    return this.say({ kind: "profile", body: channelBodies.profile.encode({ name }) });
  }

  film(text: string, film: Film): ChannelEntry {
    return this.say({ kind: "film", body: channelBodies.film.encode({ text, tags: [] }), films: [film.ref] });
  }

  comment(on: ChannelEntry, text: string): ChannelEntry {
    return this.say({ kind: "comment", body: channelBodies.comment.encode({ entry: on.hash, text }) });
  }

  delete(entry: ChannelEntry): ChannelEntry {
    return this.say({ kind: "delete", body: deleteBody.encode({ entry: entry.hash }) });
  }
}

/** Somebody who reads packs in their order, and checks each. */
export class PackReader {
  readonly packs: OpenedPack[] = [];
  readonly shown = new Map<string, ChannelEntry>();
  readonly blanks: string[] = [];
  readonly faults: string[] = [];
  private readonly heads = new Map<string, ChannelHead>();
  private readonly key: Bytes;

  constructor(key: Bytes) {
    this.key = key;
  }

  /** Returns why the pack is refused; undefined: it was read. */
  async read(file: Bytes): Promise<PackFault | undefined> {
    const opening = await openPack(nodePrimitives, this.key, file, this.packs.at(-1), Number.MAX_SAFE_INTEGER);
    if (opening.kind === "refused") return opening.why;
    const { pack } = opening;
    const read = await readPlaces(nodePrimitives, pack, (channel) => this.heads.get(toHex(channel)));
    this.packs.push(pack);
    for (const [id, head] of read.heads) this.heads.set(id, head);
    for (const entry of read.entries) this.shown.set(toHex(entry.hash), entry);
    this.blanks.push(...read.blanks.map(({ hash }) => toHex(hash)));
    this.faults.push(...read.faults.map(({ why }) => why));
    return undefined;
  }
}
