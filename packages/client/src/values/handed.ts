/** What others set on a message that a newcomer is handed (docs/spec/groups.md GR32): somebody's word about others. */
import { type AccountId, equalBytes, type UnixMs } from "@yanshu/wire";

/** What the newcomer did with it is for their own devices to say, and nothing is of the future. */
export function setByOthers<M extends { readonly by: AccountId; readonly stampMs: UnixMs }>(
  marks: readonly M[],
  own: AccountId,
  nowMs: UnixMs,
): readonly (M & { readonly stamp_ms: UnixMs })[] {
  return marks
    .filter(({ by }) => !equalBytes(by, own))
    .map((mark) => ({ ...mark, stamp_ms: Math.min(mark.stampMs, nowMs) }));
}
