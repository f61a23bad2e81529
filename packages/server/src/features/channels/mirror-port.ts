/** How a mirror reads what another home shows to everybody (docs/spec/channels.md CH71). */
import type { Bytes } from "@yanshu/wire";
import { service } from "../../feature.ts";

export type PublicAnswer = { readonly status: number; readonly body: Bytes };
/**
 * One GET from a home that the operator named, without name or cookie. Undefined where it is none that may be called,
 * gives no answer in time, or one that is longer than `bytesMax`; it never rejects.
 *
 * @param range first and last byte.
 */
export type ReadPublic = (
  home: string,
  path: string,
  bytesMax: number,
  range?: readonly [from: number, to: number],
) => Promise<PublicAnswer | undefined>;

/** Absent where this server calls no other. */
export const publicReader = service<ReadPublic>("what other homes show");
