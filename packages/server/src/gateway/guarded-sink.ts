/**
 * Guarded sink: catches faults of one socket and closes that socket only, so that sending to the others goes on
 * (docs/spec/delivery.md DS110).
 */
import type { Bytes } from "@yanshu/wire";
import type { Faults } from "../core/faults.ts";
import type { CloseReason, Sink } from "../core/ports.ts";

type Owner = { readonly end: (reason: CloseReason) => void };

export class GuardedSink implements Required<Sink> {
  private readonly inner: Sink;
  private readonly owner: Owner;
  private readonly faults: Faults;

  constructor(inner: Sink, owner: Owner, faults: Faults) {
    this.inner = inner;
    this.owner = owner;
    this.faults = faults;
  }

  send(bytes: Bytes, isLast = false): void {
    try {
      this.inner.send(bytes, isLast);
    } catch (error) {
      this.failed(error);
    }
  }

  close(code: number, reason: string): void {
    try {
      this.inner.close(code, reason);
    } catch (error) {
      this.faults.caught("a socket", error);
    }
  }

  subscribe(topic: string): void {
    try {
      this.inner.subscribe(topic);
    } catch (error) {
      this.failed(error);
    }
  }

  unsubscribe(topic: string): void {
    try {
      this.inner.unsubscribe(topic);
    } catch (error) {
      this.failed(error);
    }
  }

  known(): boolean {
    try {
      return this.inner.known?.() ?? true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  unread(): number {
    try {
      return this.inner.unread?.() ?? 0;
    } catch (error) {
      this.failed(error);
      return 0;
    }
  }

  private failed(error: unknown): void {
    this.faults.caught("a socket", error);
    this.owner.end("faulty");
  }
}
