/**
 * Host: the frame of ours around a webxdc app (docs/spec/programs.md PR30). All that the app says passes here, is
 * counted, and has a shape that is known, before the app's page hears of it.
 */
import type { PlacedUpdate } from "../frame-messages.ts";
import { meter } from "../view/meter.ts";
import { spokesman } from "../view/spokesman.ts";
import { type FromWebxdc, type ToWebxdc, type WebxdcBegin, webxdcMessage } from "../webxdc-messages.ts";
import { trustedTypes } from "./markup.ts";

/** @param script of this page, with which the inner one begins. */
export function holdApp(script: string): void {
  trustedTypes()?.createPolicy("default", { createHTML: (text) => text });
  addEventListener("message", meet);
  parent.postMessage({ kind: "frame" }, "*");

  function meet({ source, data, ports }: MessageEvent): void {
    const [port] = ports;
    if (source !== parent || port === undefined || (data as { kind?: unknown } | null)?.kind !== "port") return;
    removeEventListener("message", meet);
    port.onmessage = ({ data: message }: MessageEvent<WebxdcBegin>) => {
      if (message.kind === "begin") hold(message, port, script);
    };
    port.postMessage({ kind: "frame" });
  }
}

function hold({ files, page, stored, self: who }: WebxdcBegin, port: MessagePort, script: string): void {
  const kept = new Map(Object.entries(stored));
  const updates: PlacedUpdate[] = [];
  let last = 0;
  let inner: { readonly frame: HTMLIFrameElement; port?: MessagePort } | undefined;
  const tell = (message: FromWebxdc) => port.postMessage(message);
  const isHeard = meter(end, () => performance.now());
  const { touched, passed } = spokesman(() => performance.now());

  function end(): void {
    inner?.port?.close();
    inner?.frame.remove();
    inner = undefined;
    tell({ kind: "ended" });
  }

  function open(at: string): void {
    inner?.port?.close();
    inner?.frame.remove();
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = "webxdc";
    frame.style.cssText = "position:fixed;inset:0;width:100%;height:100%;border:0";
    frame.srcdoc = `<!doctype html><html data-inner><head><meta charset="utf-8"></head><body><script>${script}</script></body></html>`;
    inner = { frame };
    current = at;
    document.body.append(frame);
  }

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
  });

  function hear(said: unknown): void {
    if (!isHeard(said)) return;
    const message = webxdcMessage(said);
    if (message === undefined || message.kind === "ended") return;
    if (message.kind === "goto") {
      if (files.has(message.page)) open(message.page);
      return;
    }
    if (message.kind === "store") {
      if (message.value === undefined) kept.delete(message.key);
      else kept.set(message.key, message.value);
    }
    // A touch within the app makes its frames active, this one too.
    if (navigator.userActivation.isActive) touched();
    tell(message.kind === "share" ? (passed(message) as FromWebxdc) : message);
  }

  port.onmessage = ({ data }: MessageEvent<ToWebxdc>) => {
    if (data.kind === "updates") {
      updates.push(...data.updates);
      last = data.last;
    }
    inner?.port?.postMessage(data);
  };
  open(page);
}
