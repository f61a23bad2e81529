/**
 * Sender: one member who posts to the group, on a connection that is not signed in, as every client does.
 *
 * It keeps so many posts on their way and begins another one only when one is answered and has
 * reached every member. So the load adapts to the server, memory is bounded, and nothing is lost unseen.
 * Or it is told when to post (`postOnce`), and does so whatever became of those before.
 */
import { type Bytes, encodeParts, encodePost, envelopeSizes, type GateId, type ListHash } from "@yanshu/wire";
import type { Histogram } from "../histogram.ts";
import type { Peer } from "./peer.ts";

type Flight = { readonly sentMs: number; pushesLeft: number; answered: boolean };

export type Group = {
  readonly gate: GateId;
  readonly token: Bytes;
  readonly list: ListHash;
  readonly members: number;
};

export type Latencies = { readonly accept: Histogram; readonly deliver: Histogram };

export class Sender {
  posted = 0;
  completed = 0;
  refused = 0;
  closed = false;
  /** Nothing is added to the latencies unless set. */
  latencies: Latencies | undefined;
  private stopped = false;
  private isLoop = false;
  private readonly flights = new Map<number, Flight>();
  private readonly byRequest = new Map<number, number>();
  private readonly peer: Peer;
  private readonly index: number;
  private readonly members: number;
  private readonly frame: Bytes;
  private readonly view: DataView;

  constructor(peer: Peer, index: number, group: Group, envelopeBytes: number) {
    this.peer = peer;
    this.index = index;
    this.members = group.members;
    this.frame = postFrame(group, envelopeBytes);
    this.view = new DataView(this.frame.buffer, this.frame.byteOffset, this.frame.byteLength);
    peer.listener = {
      pushed: () => undefined,
      answered: (request, code) => this.answered(request, code),
      closed: () => {
        this.closed = true;
      },
    };
  }

  get inFlight(): number {
    return this.flights.size;
  }

  begin(posts: number): void {
    this.isLoop = true;
    for (let i = 0; i < posts; i++) this.post(performance.now());
  }

  /** @param dueMs when it should have left, from which its latencies count. */
  postOnce(dueMs: number): void {
    this.post(dueMs);
  }

  end(): void {
    this.stopped = true;
    this.peer.close();
  }

  stop(): void {
    this.stopped = true;
  }

  /** A member received this sender's post. */
  arrived(sequence: number, nowMs: number): void {
    const flight = this.flights.get(sequence);
    if (flight === undefined) return;
    this.latencies?.deliver.add(nowMs - flight.sentMs);
    flight.pushesLeft--;
    this.land(sequence, flight);
  }

  private post(sentMs: number): void {
    if (this.stopped || this.closed) return;
    this.posted++;
    const sequence = this.posted;
    const request = this.peer.nextRequest();
    // Every post is another post: the server would recognise a repeated one.
    this.view.setUint32(1, request);
    this.view.setUint32(this.frame.length - 8, this.index);
    this.view.setUint32(this.frame.length - 4, sequence);
    this.flights.set(sequence, { sentMs, pushesLeft: this.members, answered: false });
    this.byRequest.set(request, sequence);
    this.peer.send(this.frame);
  }

  private answered(request: number, code: string | undefined): void {
    const sequence = this.byRequest.get(request);
    const flight = sequence === undefined ? undefined : this.flights.get(sequence);
    if (sequence === undefined || flight === undefined) return;
    this.byRequest.delete(request);
    if (code !== undefined) {
      // Refused: not sent again, so that a refusing server is not flooded.
      this.refused++;
      this.flights.delete(sequence);
      return;
    }
    this.latencies?.accept.add(performance.now() - flight.sentMs);
    flight.answered = true;
    this.land(sequence, flight);
  }

  private land(sequence: number, flight: Flight): void {
    if (!flight.answered || flight.pushesLeft > 0) return;
    this.flights.delete(sequence);
    this.completed++;
    if (this.isLoop) this.post(performance.now());
  }
}

/** A post as a client would make it; the request number and the envelope's last 8 bytes change with each. */
export function postFrame(group: Group, envelopeBytes: number): Bytes {
  const envelope = crypto.getRandomValues(new Uint8Array(envelopeBytes));
  envelope[0] = 0; // Kind 0: a tag and a nonce follow, then ciphertext.
  if (envelopeBytes < 1 + envelopeSizes.tag + envelopeSizes.nonce + 8)
    throw new Error("an envelope holds at least 37 bytes");
  const parts = encodeParts([{ target: { kind: "list", list: group.list }, envelope }]);
  return encodePost(0, { mode: "application", gate: group.gate, epoch: 1, token: group.token }, parts);
}
