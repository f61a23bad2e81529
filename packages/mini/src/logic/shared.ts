/**
 * Shared: state that a program shares with the members of the chat from which it was opened (docs/spec/programs.md
 * PR20). Every update comes back in one order for all, the program's own too.
 */
import { frameLimits, type PlacedUpdate, type Self } from "../frame-messages.ts";
import { type Ending, type Fault, optionsOf } from "./called.ts";
import type { ToApp } from "./storage.ts";

type Listener = { readonly call: (update: unknown) => void; readonly after: number };

/** @returns `wx.yanshu`, and what takes updates from the app. */
export function sharedCalls(self: Self, app: ToApp, end: Ending, fault: Fault) {
  const all: PlacedUpdate[] = [];
  let last = 0;
  let listener: Listener | undefined;
  let handed = 0;

  function hand(): void {
    while (listener !== undefined && handed < all.length) {
      const update = all[handed] as PlacedUpdate;
      handed += 1;
      if (update.serial <= listener.after) continue;
      try {
        const { payload, serial, info, summary } = update;
        listener.call({ payload: JSON.parse(payload), serial, maxSerial: last, info, summary });
      } catch (error) {
        fault("an update", error);
      }
    }
  }

  function sendUpdate(options: unknown): unknown {
    const { payload, info, summary } = optionsOf(options);
    const said = JSON.stringify(payload);
    if (said === undefined) return end.fail(options, "sendUpdate", "parameter error: payload");
    if (said.length > frameLimits.payloadMax) return end.fail(options, "sendUpdate", "the payload is too long");
    const update = {
      payload: said,
      ...(typeof info === "string" ? { info } : {}),
      ...(typeof summary === "string" ? { summary } : {}),
    };
    return end.later(options, "sendUpdate", app.ask({ kind: "share", update }));
  }

  /** @param after serials up to this one are known to the listener. It is never called before this returned. */
  function onUpdate(call: unknown, after: unknown = 0): void {
    if (typeof call !== "function") return;
    const next: Listener = { call: call as Listener["call"], after: Number(after) || 0 };
    setTimeout(() => {
      [listener, handed] = [next, 0];
      hand();
    }, 0);
  }

  return {
    calls: { yanshu: { self, sendUpdate, onUpdate } },
    take(updates: readonly PlacedUpdate[], newest: number): void {
      all.push(...updates);
      last = newest;
      hand();
    },
  };
}
