/**
 * Network of a world: sockets between clients and the server in one process. Frames take a moment,
 * keep their order on a connection, and are lost only with it, as over TCP. A person can be cut off,
 * and what the server hands out can be tampered with, as by an evil operator.
 */
import type { Cancel, MediaPorts, Ports, Socket, SocketEvents } from "@yanshu/client";
import type { HttpAnswer, Server, ServerConnection, Sink } from "@yanshu/server";
import { concat } from "@yanshu/wire";
import type { Chance } from "./chance.ts";
import type { SimClock } from "./clock.ts";

/** What the operator may do to a frame for somebody: pass it, change it, or (empty) drop it. */
export type Meddle = (frame: Uint8Array) => readonly Uint8Array[];

type Path = Parameters<Ports["connect"]>[2];
type Accept = (sink: Sink, prefix: string, path?: Path) => ServerConnection | undefined;
/** A server that listens. */
type Host = {
  readonly accept: Accept;
  readonly httpAt: Server["httpAt"] | undefined;
  readonly topics: Map<string, Set<(frame: Uint8Array) => void>>;
  takesMore: boolean;
};
type Pipe = { readonly owner: string; readonly cut: () => void; host: Host | undefined };

export class SimNetwork {
  private readonly pipes = new Set<Pipe>();
  private readonly away = new Set<string>();
  private readonly meddlers = new Map<string, Meddle>();
  /** By the server's number. */
  private readonly hosts = new Map<number, Host>();
  private readonly clock: SimClock;
  private readonly chance: Chance;
  /** Every frame that crossed. */
  readonly traffic: Uint8Array[] = [];
  keepsTraffic = false;
  /** Told of each frame that a client sends, and on which of all connections ever; `path` absent: not a tunnel. */
  overhear: ((connection: number, owner: string, frame: Uint8Array, path?: Path) => void) | undefined;
  /** Told of each frame that a server sends, as it was before anybody meddled with it. */
  overhearServer: ((connection: number, owner: string, frame: Uint8Array, path?: Path) => void) | undefined;
  private connections = 0;
  /** Networks of other homes: a device that is cut off, or whose frames are meddled with, is so there as well. */
  readonly beside: SimNetwork[] = [];

  constructor(clock: SimClock, chance: Chance) {
    this.clock = clock;
    this.chance = chance;
  }

  /**
   * Undefined: the server does not listen, as after a crash; its sockets break. Who connects comes to any that listens.
   */
  serve(accept: Accept | undefined, httpAt?: Server["httpAt"], server = 0): void {
    const old = this.hosts.get(server);
    this.hosts.delete(server);
    const wasAlone = this.hosts.size === 0;
    if (accept !== undefined) this.hosts.set(server, { accept, httpAt, topics: new Map(), takesMore: true });
    for (const pipe of this.pipes) if (wasAlone || (old !== undefined && pipe.host === old)) pipe.cut();
  }

  /** Who connects comes to it no more; who is there stays. */
  sendNobodyTo(server: number): void {
    const host = this.hosts.get(server);
    if (host !== undefined) host.takesMore = false;
  }

  publish(topic: string, frame: Uint8Array, server = 0): void {
    for (const send of this.hosts.get(server)?.topics.get(topic) ?? []) send(frame);
  }

  cutOff(owner: string): void {
    this.away.add(owner);
    for (const network of this.beside) network.cutOff(owner);
    this.breakSockets(owner);
  }

  letBack(owner: string): void {
    this.away.delete(owner);
    for (const network of this.beside) network.letBack(owner);
  }

  breakSockets(owner: string): void {
    for (const network of this.beside) network.breakSockets(owner);
    for (const pipe of this.pipes) if (pipe.owner === owner) pipe.cut();
  }

  meddle(owner: string, meddle: Meddle | undefined): void {
    for (const network of this.beside) network.meddle(owner, meddle);
    if (meddle === undefined) this.meddlers.delete(owner);
    else this.meddlers.set(owner, meddle);
  }

  /** One HTTP request, as a device sends it; it breaks with the network, before or after the server did it. */
  async request(
    owner: string,
    { method, path, headers, body = new Uint8Array() }: Parameters<MediaPorts["request"]>[1],
  ): ReturnType<MediaPorts["request"]> {
    await this.moment();
    const host = this.anyHost();
    const http = host?.httpAt?.(path);
    if (host === undefined || http === undefined || this.away.has(owner)) throw new Error("unreachable");
    if (this.keepsTraffic) this.traffic.push(noFrame(body));
    const header = (name: string) => headers[name] ?? null;
    const answer = await http.answer({
      method,
      path,
      header,
      body: async () => Uint8Array.from(body),
      prefix: owner,
    });
    const read = await wholeOf(answer);
    await this.moment();
    if (!this.listens(host) || this.away.has(owner)) throw new Error("cut");
    if (this.keepsTraffic && read.length > 0) this.traffic.push(noFrame(read));
    return { status: answer.status, body: read };
  }

  private anyHost(): Host | undefined {
    const all = [...this.hosts.values()].filter(({ takesMore }) => takesMore);
    return all.length > 1 ? this.chance.pick(all) : all[0];
  }

  private listens(host: Host): boolean {
    return [...this.hosts.values()].includes(host);
  }

  private moment(): Promise<void> {
    return new Promise((resolve) => this.clock.after(1 + this.chance.below(20), resolve));
  }

  connect(owner: string, events: SocketEvents, path?: Path): Socket {
    const { clock } = this;
    const number = ++this.connections;
    let open = true;
    let connection: ServerConnection | undefined;
    let toServerMs = 0;
    let toClientMs = 0;
    const pending = new Set<Cancel>();
    const subscribed = new Set<string>();

    const latency = () => 1 + this.chance.below(20);
    const later = (atMs: number, run: () => void) => {
      const cancel = clock.after(atMs - clock.nowMs(), () => {
        pending.delete(cancel);
        run();
      });
      pending.add(cancel);
    };
    // Order holds on each direction: nothing overtakes what was sent before.
    const toServer = (run: () => void) => {
      toServerMs = Math.max(toServerMs, clock.nowMs() + latency());
      later(toServerMs, run);
    };
    const toClient = (run: () => void) => {
      toClientMs = Math.max(toClientMs, clock.nowMs() + latency());
      later(toClientMs, run);
    };
    const drop = (reason: string) => {
      if (!open) return;
      open = false;
      this.pipes.delete(pipe);
      for (const cancel of pending) cancel();
      for (const topic of subscribed) pipe.host?.topics.get(topic)?.delete(deliver);
      connection?.closed();
      clock.after(0, () => events.closed(reason));
    };
    const deliver = (frame: Uint8Array) => {
      this.overhearServer?.(number, owner, frame, path);
      const copies = this.meddlers.get(owner)?.(frame) ?? [frame];
      for (const copy of copies) {
        if (this.keepsTraffic) this.traffic.push(copy);
        toClient(() => events.message(copy));
      }
    };
    const sink: Sink = {
      send: (frame) => {
        if (open) deliver(Uint8Array.from(frame));
      },
      close: (_code, reason) => toClient(() => drop(reason)),
      subscribe: (topic) => {
        const topics = pipe.host?.topics;
        subscribed.add(topic);
        const members = topics?.get(topic) ?? new Set();
        members.add(deliver);
        topics?.set(topic, members);
      },
      unsubscribe: (topic) => {
        subscribed.delete(topic);
        pipe.host?.topics.get(topic)?.delete(deliver);
      },
    };
    const pipe: Pipe = { owner, cut: () => drop("cut"), host: undefined };
    this.pipes.add(pipe);
    later(clock.nowMs() + latency(), () => {
      const host = this.anyHost();
      if (host === undefined || this.away.has(owner)) return drop("unreachable");
      pipe.host = host;
      connection = host.accept(sink, owner, path);
      if (connection === undefined) return drop("not found");
      events.open();
    });
    return {
      send: (frame) => {
        if (!open || connection === undefined) return; // What a socket is given while it connects is lost.
        const copy = Uint8Array.from(frame);
        if (this.keepsTraffic) this.traffic.push(copy);
        this.overhear?.(number, owner, copy, path);
        toServer(() => connection?.receive(copy));
      },
      close: () => drop("closed"),
    };
  }
}

/** Bytes of a file may look like a frame of any kind; none is of kind 0. */
function noFrame(body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0), body);
}

/** All that an answer says, also one that is streamed. */
export async function wholeOf({ body, stream }: HttpAnswer): Promise<Uint8Array> {
  if (stream === undefined) return body ?? new Uint8Array();
  const parts: Uint8Array[] = [];
  for await (const part of stream instanceof Blob ? stream.stream() : stream) parts.push(part);
  return concat(...parts);
}
