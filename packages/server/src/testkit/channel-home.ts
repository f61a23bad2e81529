/** A home with channels: for tests of what authors publish there and of what everybody reads. */
import { expect } from "bun:test";
import { type Bytes, type ChannelEntry, channelBodies, filmTokens, publicLimits, type UploadToken } from "@yanshu/wire";
import { memoryBlobStore } from "../blobs/memory.ts";
import type { ServerConfig } from "../core/config.ts";
import { dayOf } from "../core/rate.ts";
import type { HttpAnswer } from "../feature.ts";
import { Author, type Film, filmFrom, PackReader } from "./author.ts";
import type { Client } from "./client.ts";
import type { Person } from "./person.ts";
import { TestServer, type TestServerOptions } from "./test-server.ts";
import { drawTokens } from "./tokens.ts";

export const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const { chunkBytes, chunksPerCallMax } = publicLimits;
export const partBytes = chunkBytes * chunksPerCallMax;

/** A home that takes channels, with what its members and readers do there. */
export class Home {
  readonly server: TestServer;
  private member: Client | undefined;
  private payer: Client | undefined;
  private ann: Person | undefined;

  constructor(config: Partial<ServerConfig> = {}, options: TestServerOptions = {}) {
    this.server = new TestServer({ blobs: memoryBlobStore(new Uint8Array(32).fill(5)), config, ...options });
  }

  get today(): number {
    return dayOf(this.server.clock.nowMs());
  }

  async tokens(count: number): Promise<UploadToken[]> {
    this.ann ??= await this.server.person("ann");
    this.member ??= await this.ann.phone.signIn(this.server);
    return drawTokens(await this.server.client(), this.member, count);
  }

  crash(): void {
    this.server.crash();
    this.member = undefined;
    this.payer = undefined;
  }

  /** A connection that may send large frames. */
  async caller(): Promise<Client> {
    this.payer ??= await this.large();
    return this.payer;
  }

  /** Another connection that may send large frames. */
  async large(): Promise<Client> {
    const client = await this.server.client();
    await client.call("pay", { token: (await this.tokens(1))[0] as UploadToken });
    return client;
  }

  async open(author: Author, name = "外婆"): Promise<ChannelEntry> {
    const first = author.log[0] ?? author.profile(name);
    await (await this.caller()).call("channelOpen", { tokens: await this.tokens(4), entry: first.bytes });
    return first;
  }

  async append(...entries: readonly ChannelEntry[]): Promise<void> {
    const tokens = await this.tokens(1);
    await (await this.caller()).call("channelAppend", { tokens, entries: entries.map(({ bytes }) => bytes) });
  }

  async upload({ bytes, list, ref }: Film): Promise<void> {
    const caller = await this.caller();
    const begin = { film: ref.hash, bytes: bytes.length, list, tokens: await this.tokens(filmTokens(bytes.length)) };
    let { chunks, isWhole } = await caller.call("filmBegin", begin);
    while (!isWhole) {
      const part = bytes.subarray(chunks * chunkBytes, chunks * chunkBytes + partBytes);
      ({ chunks, isWhole } = await caller.call("filmChunks", { film: ref.hash, at: chunks, bytes: part }));
    }
  }

  /** A channel with a film on it. */
  async publish(
    name: string,
    bytes: Bytes = random(3 * chunkBytes + 5),
  ): Promise<{ author: Author; entry: ChannelEntry; film: Film }> {
    const author = new Author(name);
    await this.open(author, name);
    const film = filmFrom(bytes);
    await this.upload(film);
    const entry = author.film(`${name}的菜园`, film);
    await this.append(entry);
    return { author, entry, film };
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}, prefix?: string, method = "GET") {
    const answer = await (
      this.server.server.httpAt(path) as { answer: (request: never) => Promise<HttpAnswer> }
    ).answer({
      method,
      path,
      header: (name: string) => headers[name] ?? null,
      body: async () => new Uint8Array(0),
      isStreamed: true,
      prefix,
    } as never);
    const { stream } = answer;
    const bytes =
      stream === undefined ? answer.body : new Uint8Array(await new Response(stream as never).arrayBuffer());
    return { ...answer, bytes: bytes ?? new Uint8Array(0) };
  }

  async packKey(): Promise<Bytes> {
    return (await (await this.server.client()).call("channelTerms", {})).packKey;
  }

  /** What somebody reads who comes now. */
  async read(): Promise<PackReader> {
    const reader = new PackReader(await this.packKey());
    for (let n = 0; ; n++) {
      const { status, bytes } = await this.get(`/public/packs/${n}`);
      if (status === 404) return reader;
      expect(await reader.read(bytes)).toBeUndefined();
    }
  }

  async act(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const done = (async () => this.server.server.featureActs()[name]?.(args))();
    done.catch(() => undefined);
    await this.server.clock.pass(50);
    return done;
  }
}

/** What is shown, in words. */
export const words = (reader: PackReader) =>
  [...reader.shown.values()].map(({ kind, body }) => {
    if (kind === "profile") return `profile ${channelBodies.profile.decode(body).name}`;
    return kind === "film" ? `film ${channelBodies.film.decode(body).text}` : kind;
  });
