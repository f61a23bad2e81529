/**
 * Kinds: what each kind of body is, as its feature says it (docs/spec/sync.md SY7, docs/spec/actions.md AC1, AC12,
 * docs/spec/search.md SE2). All words of a message come from `textOf` and `summaryOf`, so that the list, a quote, a
 * pin, a record, the terminal and the search agree.
 */
import { type Body, type BodyOf, bodyDefs, type MediaBody } from "./body.ts";
import type { AnyBody, Disposition } from "./feature.ts";
import type { BlobRef } from "./fields/media.ts";

export const bodyKinds = [...bodyDefs.keys()] as readonly Body["kind"][];
/** What somebody says. */
export const messageKinds = bodyKinds.filter((kind) => defOf(kind).disposition === "message");
/** Notices that the chat shows. */
export const lineKinds = bodyKinds.filter((kind) => defOf(kind).isLine === true);
export const handedOnKinds = bodyKinds.filter((kind) => defOf(kind).isSharedWithNewcomers === true);

export function dispositionOf(kind: Body["kind"]): Disposition {
  return defOf(kind).disposition;
}

/** Whether the chat shows it, so that somebody may tap what did not go out. */
export function isSeen(kind: Body["kind"]): boolean {
  const { disposition, isLine } = defOf(kind);
  return disposition === "message" || isLine === true;
}

export function isOfItsMoment(kind: Body["kind"]): boolean {
  return defOf(kind).isOfItsMoment === true;
}

export function isAside(kind: Body["kind"]): boolean {
  return defOf(kind).isAside === true;
}

export function goesLast(kind: Body["kind"]): boolean {
  return defOf(kind).goesLast === true;
}

/** What its author keeps of it, to say it again. */
export function asKept(body: Body): Body {
  const { asKept: kept } = defOf(body.kind);
  return kept === undefined ? body : { ...kept(body), kind: body.kind };
}

/** All its words; empty where there is nothing but its kind to find it by. Undefined for what nobody would look for. */
export function textOf<K extends Body["kind"]>(body: BodyOf<K>): string | undefined {
  return defOf(body.kind).text?.(body);
}

/** How it begins, on one line; empty where it has no words. */
export function summaryOf<K extends Body["kind"]>(body: BodyOf<K>): string {
  const { summary, text } = defOf(body.kind);
  return ((summary ?? text)?.(body) ?? "").replace(/\s+/gu, " ").trim();
}

/** What is carried of it elsewhere. Undefined: it stays where it was said. */
export function forwardOf<K extends Body["kind"]>(body: BodyOf<K>): Body | undefined {
  const { forward } = defOf(body.kind);
  if (forward === undefined) return undefined;
  if (forward === "whole") return body as Body;
  return forward === "text" ? { kind: "text", text: textOf(body) ?? "" } : { ...forward(body), kind: body.kind };
}

export function isMedia(body: Body): body is MediaBody {
  return defOf(body.kind).blobs !== undefined;
}

/**
 * Every blob that a body names: what has to be copied, fetched or forgotten with it. None of a kind that is unknown.
 */
export function blobsIn(body: { readonly kind: string }): readonly BlobRef[] {
  const found: BlobRef[] = [];
  withBlobs(body, (blob) => {
    found.push(blob);
    return blob;
  });
  return found;
}

/** The same body with each of its blobs replaced. */
export function withBlobs<B extends { readonly kind: string }>(body: B, replace: (blob: BlobRef) => BlobRef): B {
  return bodyDefs.get(body.kind)?.blobs?.(body, replace) ?? body;
}

function defOf(kind: Body["kind"]): AnyBody {
  return bodyDefs.get(kind) as AnyBody;
}
