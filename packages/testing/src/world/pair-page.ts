/** A page in a call of two, and what a chat shows of calls. */
import type { CallsView, Hex } from "@yanshu/client";
import type { Person } from "./person.ts";

/**
 * A page that carries voice and picture, made of plain values: descriptions go, and when two have each other's, voice
 * flows.
 */
export class PairPage {
  readonly host: string;
  view: CallsView = { areThere: false };
  /** As a microphone that was refused: no way is ever made. */
  isMute = false;
  readonly heard: string[] = [];
  private readonly person: Person;
  private last = 0;
  private offered: string | undefined;
  private readonly paths = new Set<Hex>();
  private connected: string | undefined;
  private readonly stop: () => void;

  constructor(person: Person, number = 1) {
    this.person = person;
    this.host = `${person.device} ${number}`;
    this.stop = person.client.subscribe("calls", [], (view) => this.look(view));
  }

  close(): void {
    this.stop();
  }

  get at(): string {
    return this.view.now?.at ?? "idle";
  }

  private look(view: CallsView): void {
    this.view = view;
    const { now } = view;
    if (now === undefined) {
      this.offered = undefined;
      this.paths.clear();
      return;
    }
    const { api } = this.person;
    if (now.at === "ringing" && now.host === undefined) void api.hostCall(now.call, this.host);
    if (now.host !== this.host || this.isMute) return;
    const isCallee = !now.isOutgoing || now.at === "ringing";
    if (isCallee && now.other !== undefined && this.offered !== now.call) {
      this.offered = now.call;
      void api.describeCall(now.call, "offer", now.other, 1, sdp(this.host));
    }
    for (const signal of now.signals) {
      if (signal.n <= this.last) continue;
      this.last = signal.n;
      if (signal.kind === "sending") this.heard.push(`${signal.voice} ${signal.picture}`);
      else if (signal.kind === "offer")
        void api.describeCall(now.call, "answer", signal.from, signal.round, sdp(this.host));
      if (signal.kind !== "sending") this.paths.add(signal.from);
    }
    if (now.at === "joining" && now.other !== undefined && this.paths.has(now.other) && this.connected !== now.call) {
      this.connected = now.call;
      void api.callConnected(now.call);
    }
  }
}

function sdp(of: string): string {
  const seed = new TextEncoder().encode(of).reduce((sum, byte) => (sum * 31 + byte) % 256, 7);
  const print = Array.from({ length: 32 }, (_, i) => ((seed + i) % 256).toString(16).padStart(2, "0")).join(":");
  return `v=0\r\na=fingerprint:sha-256 ${print.toUpperCase()}\r\n`;
}

/** What the chat shows of calls, the oldest first. */
export function records(person: Person, chat: Hex): string[] {
  return person.items(chat).flatMap(({ body }) => (body.kind === "call" ? [`${body.media} ${body.as}`] : []));
}
