/** The record of a Live in the chat, as this browser can or cannot play it. */
import { afterAll, expect, test } from "bun:test";
import { i18n } from "@lingui/core";
import type { BubbleProps } from "../../feature.ts";

const put = (name: string, value: unknown) =>
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
const names = ["MediaSource", "ManagedMediaSource", "matchMedia", "navigator"] as const;
const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);

afterAll(() => {
  for (const [name, one] of before)
    if (one === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, one);
});

test("[WE130] where the browser cannot play a Live its record says which can, and is no button; elsewhere it leads to it", async () => {
  i18n.loadAndActivate({ locale: "en", messages: {} }); // An id stands for its words.
  put("navigator", { languages: ["en"], userAgent: "", mediaDevices: {} });
  put("matchMedia", () => ({ matches: false, addEventListener() {} }));
  const { LiveBubble } = await import("./live-bubble.tsx");
  const body = { kind: "live", as: "now", title: "", seconds: 0, watched: 0, live: "of Maya" };
  const props = { chat: "chat", item: { mine: false }, body, mayWrite: true } as unknown as BubbleProps<"live">;
  put("MediaSource", undefined);
  put("ManagedMediaSource", undefined);
  const cannot = Bun.inspect(LiveBubble(props), { depth: 20 });
  expect(cannot).toContain("live.rec.cannot");
  expect(LiveBubble(props).type).toBe("div");
  put("MediaSource", { isTypeSupported: () => true });
  const can = Bun.inspect(LiveBubble(props), { depth: 20 });
  expect(can).toContain("live.rec.now");
  expect(LiveBubble(props).type).toBe("button");
});
