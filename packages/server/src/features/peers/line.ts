/**
 * Lines: two servers that speak with each other (docs/spec/peers.md PE5–PE8). Each shows that it has the key of its
 * name by a signature over both names and what both have just drawn; nothing is said before.
 */
import {
  type Bytes,
  commonPeerVersion,
  concat,
  decodePeerFrame,
  encodeLineOpened,
  encodeLineRefusal,
  encodePeerGreeting,
  encodePeerHello,
  encodePeerProof,
  encodeTunnelFrame,
  idBytes,
  isLineRefusal,
  type LineRefusal,
  MalformedError,
  type PeerFrame,
  type PeerHello,
  peerLimits,
  peerLineBytes,
  peerVersions,
  type TunnelFrame,
} from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Cancel, Clock, Random, SyncPrimitives } from "../../core/ports.ts";
import type { ServerKeys, Wire } from "./port.ts";

/** From the first byte to both signatures, the look at a card included. */
const greetingMsMax = 20_000;

/** Whether a server may come; `signKey` is the one that it is to show. */
export type Admitted =
  | { readonly ok: true; readonly signKey: Bytes }
  | { readonly ok: false; readonly why: LineRefusal };

export type LinePorts = {
  readonly name: string;
  readonly incarnation: Bytes;
  readonly keys: ServerKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  readonly faults: Faults;
  /** Who calls, from where; before anything is believed of it. */
  readonly admits: (name: string, prefix: string | undefined) => Promise<Admitted>;
  /** The key that a server has now, where it did not sign by the one under which it is known. */
  readonly keyAnew: (name: string) => Promise<Bytes | undefined>;
};

export type LineEvents = {
  readonly opened: (line: Line) => void;
  /** Once. @param why the other side's word, or this one's; undefined: it was cut. */
  readonly ended: (line: Line, why: LineRefusal | undefined) => void;
};

/** Traffic: what both say once the line is open. */
export type Traffic = { readonly receive: (message: Bytes) => void };

type Stage =
  | { readonly at: "called" }
  | { readonly at: "looking-up" }
  | { readonly at: "calling"; readonly hello: Bytes; readonly signKey: Bytes }
  | { readonly at: "greeted"; readonly hello: Bytes; readonly unsigned: Bytes; readonly signKey: Bytes }
  /** This side has shown its key, and waits for the other to have looked. */
  | { readonly at: "proving" }
  | { readonly at: "open" }
  | { readonly at: "over" };

export class Line {
  /** Of the other side; empty until it has said it. */
  peer = "";
  /** The name of the side that called. */
  caller = "";
  traffic: Traffic | undefined;
  /** Of what is said on it; 0 until it is known. */
  version = 0;
  private stage: Stage = { at: "called" };
  private readonly ports: LinePorts;
  private readonly wire: Wire;
  private readonly events: LineEvents;
  private readonly prefix: string | undefined;
  private readonly stopWaiting: Cancel;

  constructor(ports: LinePorts, wire: Wire, events: LineEvents, prefix?: string) {
    this.ports = ports;
    this.wire = wire;
    this.events = events;
    this.prefix = prefix;
    this.stopWaiting = ports.clock.after(greetingMsMax, () => this.end("unreachable"));
  }

  /** The network from which the other side called, as a prefix (DS24). One that was called shows none. */
  get network(): string | undefined {
    return this.prefix;
  }

  get isOpen(): boolean {
    return this.stage.at === "open";
  }

  /** This side calls `peer`, which is to show `signKey`. */
  greet(peer: string, signKey: Bytes): void {
    const { name, incarnation, random } = this.ports;
    this.peer = peer;
    this.caller = name;
    const nonce = random(idBytes.nonce);
    const hello = encodePeerHello({ versions: peerVersions, from: name, to: peer, incarnation, nonce });
    this.stage = { at: "calling", hello, signKey };
    this.send(hello);
  }

  send(message: Bytes): void {
    if (this.stage.at !== "over") this.wire.send(message);
  }

  sendTunnel(frame: TunnelFrame): void {
    this.send(encodeTunnelFrame(frame));
  }

  receive(message: Bytes): void {
    if (this.stage.at === "over") return;
    try {
      if (this.stage.at === "open" && !isLineRefusal(message)) this.traffic?.receive(message);
      else this.greeting(message);
    } catch (error) {
      // @checks PE7
      if (error instanceof MalformedError) this.end("malformed");
      else {
        // By a fault of ours, of which there is no more with that line (PE34).
        this.ports.faults.caught("what another server says", error);
        this.end("busy");
      }
    }
  }

  /** Says why, and ends it. */
  end(why: LineRefusal): void {
    if (this.stage.at === "over") return;
    this.wire.send(encodeLineRefusal(why));
    this.over(why);
    this.wire.close();
  }

  /** The wire is cut. */
  closed(): void {
    this.over(undefined);
  }

  private over(why: LineRefusal | undefined): void {
    if (this.stage.at === "over") return;
    this.stage = { at: "over" };
    this.stopWaiting();
    this.events.ended(this, why);
  }

  private greeting(message: Bytes): void {
    // not a check: none of these frames is as long, so that decoding refuses it too.
    if (message.length > peerLimits.greetingBytesMax) throw new MalformedError("frame over its limit");
    const frame = decodePeerFrame(message);
    if (frame.type === "refusal") {
      this.over(frame.why);
      this.wire.close();
      return;
    }
    const { stage } = this;
    if (stage.at === "called" && frame.type === "hello") void this.answer(frame.hello, message);
    else if (stage.at === "calling" && frame.type === "greeting") this.greeted(stage, frame);
    else if (stage.at === "proving" && frame.type === "opened") this.open();
    else if (stage.at === "greeted" && frame.type === "proof") void this.proven(stage, frame.signature);
    // @checks PE7
    else throw new MalformedError("not in its turn");
  }

  /** This side was called. */
  private async answer(hello: PeerHello, bytes: Bytes): Promise<void> {
    const { name, incarnation, keys, random, admits, faults } = this.ports;
    const version = commonPeerVersion(hello.versions);
    // @checks PE5
    if (version === undefined) {
      this.end("unsupported-version");
      return;
    }
    // @checks PE6
    if (hello.to !== name || hello.from === name) {
      this.end("refused");
      return;
    }
    this.stage = { at: "looking-up" };
    const admitted = await admits(hello.from, this.prefix).catch((error: unknown): Admitted => {
      faults.caught("another server's card", error);
      return { ok: false, why: "busy" };
    });
    if (this.stage.at !== "looking-up") return; // It was cut, or spoke out of turn, meanwhile.
    if (!admitted.ok) {
      this.end(admitted.why);
      return;
    }
    this.peer = hello.from;
    this.caller = hello.from;
    this.version = version;
    const unsigned = encodePeerGreeting(version, incarnation, random(idBytes.nonce));
    const signature = keys.sign(peerLineBytes("called", bytes, unsigned));
    this.stage = { at: "greeted", hello: bytes, unsigned, signKey: admitted.signKey };
    this.send(concat(unsigned, signature));
  }

  /** The side that was called has answered. */
  private greeted(
    { hello, signKey }: Extract<Stage, { at: "calling" }>,
    { greeting }: Extract<PeerFrame, { type: "greeting" }>,
  ): void {
    const { keys, primitives } = this.ports;
    // @checks PE5
    if (!peerVersions.includes(greeting.version)) {
      this.end("unsupported-version");
      return;
    }
    // @checks PE6
    if (!primitives.verify(signKey, peerLineBytes("called", hello, greeting.unsigned), greeting.signature)) {
      this.end("refused");
      return;
    }
    this.version = greeting.version;
    this.stage = { at: "proving" };
    this.send(encodePeerProof(keys.sign(peerLineBytes("calling", hello, greeting.unsigned))));
  }

  /** The side that called has shown its key; perhaps another than it was known by, which its card explains. */
  private async proven(
    { hello, unsigned, signKey }: Extract<Stage, { at: "greeted" }>,
    signature: Bytes,
  ): Promise<void> {
    const { primitives, keyAnew, faults } = this.ports;
    const signed = peerLineBytes("calling", hello, unsigned);
    if (primitives.verify(signKey, signed, signature)) {
      this.confirm();
      return;
    }
    this.stage = { at: "looking-up" };
    const anew = await keyAnew(this.peer).catch((error: unknown) => {
      faults.caught("another server's card", error);
      return undefined;
    });
    if (this.stage.at !== "looking-up") return;
    // @checks PE6
    if (anew === undefined || !primitives.verify(anew, signed, signature)) {
      this.end("refused");
      return;
    }
    this.confirm();
  }

  private confirm(): void {
    this.send(encodeLineOpened());
    this.open();
  }

  private open(): void {
    this.stopWaiting();
    this.stage = { at: "open" };
    this.wire.known?.();
    this.events.opened(this);
  }
}
