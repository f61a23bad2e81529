/**
 * Bytes of files on screen: small files as a blob URL for `<img>` and `<audio>`; files of any size as a stream from the
 * service worker, which asks this page for ranges (sw-files.ts). Nothing is fetched before it is in sight.
 */
import type { FileView } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";
import { api, attempt } from "../shell/session.ts";

const stepBytes = 1 << 20;
const urlsMax = 200;
const urlsBytesMax = 512 << 20;
/** A picture is drawn anew before it is sent, and has some megabytes at most (docs/spec/media.md ME35). */
const pictureBytesMax = 16 << 20;
/** A file, or the part of it that begins at byte `from` and has `bytes` bytes. */
export type Part = FileView & { readonly from?: number };
/** Blob URLs by handle and first byte, the least recently used first; above `urlsMax` it is revoked. */
const urls = new Map<string, { readonly url: Promise<string>; readonly bytes: number }>();
let urlsBytes = 0;

/** A blob URL of the file or part. Rejects when it cannot be fetched now. */
export function urlOf(file: Part, type: string): Promise<string> {
  const name = nameOf(file);
  const url = urls.get(name)?.url ?? load(file, type);
  forget(name);
  urls.set(name, { url, bytes: file.bytes });
  urlsBytes += file.bytes;
  url.catch(() => urls.get(name)?.url === url && forget(name));
  for (const [oldest, { url: old }] of urls) {
    if (oldest === name || (urls.size <= urlsMax && urlsBytes <= urlsBytesMax)) break;
    void old.then((made) => URL.revokeObjectURL(made));
    forget(oldest);
  }
  return url;
}

function forget(name: string): void {
  urlsBytes -= urls.get(name)?.bytes ?? 0;
  urls.delete(name);
}

function nameOf({ handle, from = 0 }: Part): string {
  return `${handle} ${from}`;
}

async function load(file: Part, type: string): Promise<string> {
  return URL.createObjectURL(await blobOf(file, type));
}

export async function blobOf({ handle, bytes, from = 0 }: Part, type: string): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const end = from + bytes;
  for (let at = from; at < end; ) {
    const part = await api.readFile(handle, at, Math.min(stepBytes, end - at));
    if (part.length === 0) throw new Error("a file ended early");
    parts.push(part as Uint8Array<ArrayBuffer>);
    at += part.length;
  }
  return new Blob(parts, { type });
}

/** The blob URL; undefined until it is loaded. `isWanted`: the file is in sight, so load it. */
export function useUrl(file: Part | undefined, type: string, isWanted: boolean): string | undefined {
  const [url, setUrl] = useState<{ name: string; url: string } | undefined>(undefined);
  const name = file && nameOf(file);
  useEffect(() => {
    if (file === undefined || !isWanted) return undefined;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = (tries: number) =>
      void urlOf(file, type).then(
        (made) => isGone || setUrl({ name: nameOf(file), url: made }),
        () => {
          // Mostly there is no network: tried again while the file is in sight.
          if (!isGone && tries < 8) timer = setTimeout(() => ask(tries + 1), 1_000 * 2 ** tries);
        },
      );
    ask(0);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [name, isWanted]);
  return url !== undefined && url.name === name ? url.url : undefined;
}

/** The blob URL of a picture; undefined too for what is larger than any picture, of which the placeholder stays. */
export function usePictureUrl(file: Part | undefined, type: string, isWanted: boolean): string | undefined {
  const isPicture = file !== undefined && file.bytes <= pictureBytesMax;
  return useUrl(isPicture ? file : undefined, type, isWanted);
}

/** The path at which the service worker serves the file; undefined while no service worker controls this page. */
export function streamUrl(file: FileView, type: string, name?: string): string | undefined {
  if (navigator.serviceWorker?.controller == null) return undefined;
  answerWorker();
  const query = new URLSearchParams({ bytes: `${file.bytes}`, type });
  if (name !== undefined) query.set("name", name);
  return `/files/${file.handle}?${query}`;
}

let isAnswering = false;

/** Answers the service worker's requests for ranges, because it has no keys itself. */
function answerWorker(): void {
  if (isAnswering) return;
  isAnswering = true;
  navigator.serviceWorker.addEventListener("message", ({ data, ports }: MessageEvent) => {
    const [port] = ports;
    if (data?.kind !== "file-range" || port === undefined) return;
    void api.readFile(data.handle, data.offset, data.length).then(
      (bytes) => port.postMessage(bytes),
      () => port.postMessage(undefined),
    );
  });
  navigator.serviceWorker.startMessages();
}

/** Saves a file as a download of the browser. */
export async function saveAs(
  source: { file: FileView; type: string } | { bytes: Uint8Array; type: string },
  name: string,
) {
  const streamed = "file" in source ? streamUrl(source.file, "application/octet-stream", name) : undefined;
  // Without `download` on the link: browsers fetch such a link past the service worker. The headers of its response
  // make the download.
  if (streamed !== undefined) return click(streamed);
  const blob =
    "file" in source
      ? await attempt(() => blobOf(source.file, "application/octet-stream"))
      : new Blob([source.bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" });
  if (blob === undefined) return;
  const url = URL.createObjectURL(blob);
  click(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function click(href: string, name?: string): void {
  const link = document.createElement("a");
  link.href = href;
  if (name !== undefined) link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
