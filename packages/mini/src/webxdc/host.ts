/**
 * Host: the frame of ours around a webxdc app (docs/spec/programs.md PR30). All that the app says passes here, is
 * counted, and has a shape that is known, before the app's page hears of it.
 */
import type { PlacedUpdate } from "../frame-messages.ts";
import { newest } from "../view/lately.ts";
import { meetApp } from "../view/meet.ts";
import { meter } from "../view/meter.ts";
import { spokesman, touches } from "../view/spokesman.ts";
import { type FromWebxdc, type ToWebxdc, type WebxdcBegin, webxdcMessage } from "../webxdc-messages.ts";
import { trustedTypes } from "./markup.ts";

/** Its frame loads twice: the page of ours that begins it, and the page of the app. */
const loadsMax = 2;
const [lookMs, gotoMs] = [250, 300];

/** @param script of this page, with which the inner one begins. */
export function holdApp(script: string): void {
  trustedTypes()?.createPolicy("default", { createHTML: (text) => text });
  meetApp<WebxdcBegin>((begin, port) => hold(begin, port, script));
}

function hold({ files, page, stored, self: who }: WebxdcBegin, port: MessagePort, script: string): void {
  const kept = new Map(Object.entries(stored));
  const updates: PlacedUpdate[] = [];
  let isKnown = false;
  let last = 0;
  let inner: { readonly frame: HTMLIFrameElement; port?: MessagePort } | undefined;
  const tell = (message: FromWebxdc) => port.postMessage(message);
  const isHeard = meter(end, () => performance.now());
  const { touched, passed } = spokesman(() => performance.now());
  const isTouch = touches(() => performance.now());

  function close(): void {
    inner?.port?.close();
    inner?.frame.remove();
    inner = undefined;
  }

  function end(): void {
    if (inner === undefined) return;
    close();
    tell({ kind: "ended" });
  }

  /** A frame within the app's own, or another page in it, is none that the guard saw (PR40). */
  function look(): void {
    // A touch within the app makes its frames active, this one too.
    if (isTouch(navigator.userActivation.isActive)) touched();
    if ((inner?.frame.contentWindow?.length ?? 0) > 0) end();
  }
  setInterval(look, lookMs);

  function open(at: string): void {
    close();
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = "webxdc";
    frame.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0";
    frame.srcdoc = `<!doctype html><html data-inner><head><meta charset="utf-8"></head><body><script>${script}</script></body></html>`;
    let loads = 0;
    frame.addEventListener("load", () => {
      loads += 1;
      if (loads > loadsMax && inner?.frame === frame) end();
    });
    inner = { frame };
    current = at;
    document.body.append(frame);
  }

  /** Each page copies all files of the package (PR42). */
  const lead = newest<string>(
    gotoMs,
    () => "page",
    (to) => {
      if (inner !== undefined) open(to);
    },
    setTimeout,
  );

  let current = page;
  addEventListener("message", ({ source, data }: MessageEvent) => {
    if (inner === undefined || source !== inner.frame.contentWindow || !isHeard(data)) return;
    if (inner.port !== undefined || (data as { kind?: unknown } | null)?.kind !== "frame") return;
    const { port1, port2 } = new MessageChannel();
    inner.port = port1;
    port1.onmessage = ({ data: said }: MessageEvent) => hear(said);
    const begin = { kind: "begin", files, page: current, stored: Object.fromEntries(kept), self: who };
    inner.frame.contentWindow?.postMessage(begin, "*", [port2]);
    if (updates.length > 0) port1.postMessage({ kind: "updates", updates, last } satisfies ToWebxdc);
    if (isKnown) port1.postMessage({ kind: "known" } satisfies ToWebxdc);
  });

  function hear(said: unknown): void {
    if (!isHeard(said)) return;
    look();
    if (inner === undefined) return;
    const message = webxdcMessage(said);
    if (message === undefined || message.kind === "ended") return;
    if (message.kind === "goto") {
      if (files.has(message.page)) lead(message.page);
      return;
    }
    if (message.kind === "store") {
      if (message.value === undefined) kept.delete(message.key);
      else kept.set(message.key, message.value);
    }
    tell(message.kind === "share" ? (passed(message) as FromWebxdc) : message);
  }

  port.onmessage = ({ data }: MessageEvent<ToWebxdc>) => {
    if (data.kind === "updates") {
      updates.push(...data.updates);
      last = data.last;
    }
    if (data.kind === "known") isKnown = true;
    inner?.port?.postMessage(data);
  };
  open(page);
}
