/**
 * TestServer: a server core in the process with a manual clock, over a real SQLite log, and the people who
 * use it. `crash` drops the server and makes a new one over the same database.
 */

import { MemoryFilms } from "../blobs/memory.ts";
import type { BlobStore } from "../blobs/store.ts";
import { defaultConfig, type ServerConfig } from "../core/config.ts";
import type { Faults } from "../core/faults.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { PushPort, Sink, Wake } from "../core/ports.ts";
import { createServer, type Server, type ServerPorts } from "../core/server.ts";
import type { Log } from "../log/feature-tables.ts";
import { openSqliteLog, type SqliteLogOptions } from "../log/sqlite/bun.ts";
import { Client } from "./client.ts";
import { ManualClock } from "./clock.ts";
import { publicHome } from "./films.ts";
import { Person } from "./person.ts";

export const token = new Uint8Array(16).fill(7);

export type TestServerOptions = {
  readonly path?: string;
  readonly config?: Partial<ServerConfig>;
  readonly log?: SqliteLogOptions;
  readonly clock?: ManualClock;
  /** In the place of a SQLite log. */
  readonly over?: Log;
  readonly faults?: Faults;
  readonly push?: PushPort;
  readonly wake?: Wake;
  /** Between the server and what it reaches outside itself. */
  readonly between?: (ports: ServerPorts) => ServerPorts;
  /** Without it the server stores no files, and draws no tokens. */
  readonly blobs?: BlobStore;
};

export class TestServer {
  readonly clock: ManualClock;
  readonly log: Log;
  server: Server;
  /** How often each topic was published to. */
  readonly published = new Map<string, number>();
  private readonly topics = new Map<string, Set<Client>>();
  private readonly config: Partial<ServerConfig>;
  private readonly blobs: BlobStore | undefined;
  private readonly options: TestServerOptions;
  /** Of channels. */
  readonly films = new MemoryFilms();
  private counter = 0;

  constructor(options: TestServerOptions = {}) {
    this.options = options;
    this.clock = options.clock ?? new ManualClock();
    this.log = options.over ?? openSqliteLog(options.path ?? ":memory:", { random: this.random, ...options.log });
    this.config = { ...defaultConfig, domain: "home.example", registrationToken: token, ...options.config };
    this.blobs = options.blobs;
    this.server = this.create();
  }

  /** The process dies: nothing is flushed, every socket is gone. */
  crash(clients: readonly Client[] = []): void {
    this.server.stop();
    for (const client of clients) client.lost();
    this.topics.clear();
    this.server = this.create();
  }

  /** A client that said hello. */
  async client(prefix?: string): Promise<Client> {
    const client = this.socket(prefix);
    await client.call("hello", { versions: [1] });
    return client;
  }

  /** A client that said nothing yet. */
  socket(prefix?: string): Client {
    const client = new Client(this.clock);
    const sink: Sink = {
      send: (bytes) => client.take(bytes),
      close: (code, reason) => client.closedByServer(code, reason),
      subscribe: (topic) => {
        const members = this.topics.get(topic) ?? new Set();
        this.topics.set(topic, members.add(client));
      },
      unsubscribe: (topic) => this.topics.get(topic)?.delete(client),
    };
    client.connection = this.server.connect(sink, prefix);
    return client;
  }

  /** A registered account with one device, `name`'s. */
  async person(name: string): Promise<Person> {
    const person = new Person(name);
    const caller = await this.client();
    await caller.call("register", { token, inception: person.inception, entry: person.entries[0] as Uint8Array });
    caller.close();
    return person;
  }

  readonly random = (length: number): Uint8Array => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      this.counter++;
      const block = nodePrimitives.sha256(Uint8Array.of(this.counter, this.counter >> 8, this.counter >> 16));
      out.set(block.subarray(0, length - at), at);
    }
    return out;
  };

  private create(): Server {
    const { faults, push, wake, between = (ports) => ports } = this.options;
    const ports: ServerPorts = {
      log: this.log,
      blobs: this.blobs,
      push,
      wake,
      provides: publicHome(this.films),
      ...(faults && { faults }),
      clock: this.clock,
      random: this.random,
      primitives: nodePrimitives,
      config: this.config,
      fanout: {
        publish: (topic, bytes) => {
          this.published.set(topic, (this.published.get(topic) ?? 0) + 1);
          for (const client of this.topics.get(topic) ?? []) client.take(bytes);
        },
      },
    };
    return createServer(between(ports));
  }
}
