/**
 * Gates (docs/spec/delivery.md DS10–DS14) order a group's posts without knowing the group. A gate accepts one commit
 * for each epoch. Posts of that epoch are accepted before the commit; later ones are stale.
 *
 * Anybody may create a gate. The server keeps it for a year after its last post that reached somebody; one that never
 * reached anybody is deleted within days (DS133).
 */
import {
  equalBytes,
  type GateId,
  gateBytes,
  gateIdOf,
  limits,
  type PostHash,
  type PostHeader,
  tokenHashOf,
} from "@yanshu/wire";
import { accept, type Outcome, type Refusal, refuse } from "../core/outcome.ts";
import type { SyncPrimitives } from "../core/ports.ts";
import { keyOf, RecentMap } from "../core/recent.ts";
import type { DeliveryLog, GateRow } from "../log/log.ts";

/** How a post passes its gate. `repeat`: it was accepted before, so nothing is done. */
export type Passage =
  | { readonly kind: "repeat" }
  /** `next`: the gate's new row if the post reached somebody; `otherwise`: if nobody. Undefined: it does not change. */
  | { readonly kind: "pass"; readonly next: GateRow | undefined; readonly otherwise: GateRow | undefined };

/** `token`: the last one that matched `row.tokenHash`. Comparing with it is cheaper than hashing. */
type KnownGate = { readonly row: GateRow; token: Uint8Array | undefined };

type HeaderOf<Mode extends PostHeader["mode"]> = Extract<PostHeader, { mode: Mode }>;

const gatesKept = 50_000;
/** Days that a gate is kept which reached nobody yet. A day is enough for its group to register addresses again. */
const nobodysDays = 2;
const repeat: Outcome<Passage> = accept({ kind: "repeat" });

export class Gates {
  private readonly known = new RecentMap<KnownGate>(gatesKept);
  private readonly log: Pick<DeliveryLog, "gate" | "putGate">;
  private readonly isShared: boolean;
  private readonly primitives: SyncPrimitives;

  /** @param isShared other servers change gates too: each transaction then reads the gate anew and locks it. */
  constructor(log: Pick<DeliveryLog, "gate" | "putGate">, isShared: boolean, primitives: SyncPrimitives) {
    this.log = log;
    this.isShared = isShared;
    this.primitives = primitives;
  }

  judge(header: PostHeader, postHash: PostHash, today: number): Outcome<Passage> {
    switch (header.mode) {
      case "deposit":
        return accept({ kind: "pass", next: undefined, otherwise: undefined });
      case "application":
        return this.application(header, today);
      case "commit":
        return this.commit(header, postHash, today);
      case "create":
        return this.create(header, postHash, today);
    }
  }

  /** Stores the gate's change. Inside the transaction that stores the post. */
  passed(passage: Passage, reachesSomebody: boolean): void {
    const gate = passage.kind === "repeat" ? undefined : reachesSomebody ? passage.next : passage.otherwise;
    if (gate !== undefined) this.put(gate, reachesSomebody);
  }

  /** Caches only gates that reached somebody, so that made-up gates do not fill the memory. */
  private put(gate: GateRow, isKept: boolean): void {
    this.log.putGate(gate);
    if (this.isShared) return;
    const key = keyOf(gate.id);
    if (isKept) this.known.set(key, { row: gate, token: undefined });
    else this.known.delete(key);
  }

  forget(): void {
    this.known.clear();
  }

  /** @checks DS12 */
  private application(header: HeaderOf<"application">, today: number): Outcome<Passage> {
    const known = this.find(header.gate);
    if (known === undefined) return refuse("unknown-gate");
    const gate = known.row;
    if (header.epoch !== gate.epoch) return stale(gate);
    if (!this.tokenMatches(known, header.token)) return refuse("bad-post-token");
    const next = gate.usedDay === today ? undefined : { ...gate, usedDay: today };
    return accept({ kind: "pass", next, otherwise: undefined });
  }

  /** @checks DS13 */
  private commit(header: HeaderOf<"commit">, postHash: PostHash, today: number): Outcome<Passage> {
    const gate = this.find(header.gate)?.row;
    if (gate === undefined) return refuse("unknown-gate");
    if (header.epoch === gate.epoch - 1 && equalBytes(postHash, gate.lastHash)) return repeat;
    if (header.epoch !== gate.epoch) return stale(gate);
    if (!this.primitives.verify(gate.postKey, gateBytes(header, postHash), header.signature))
      return refuse("bad-signature");
    const next = nextRow(header, gate.epoch + 1, postHash, today);
    return accept({ kind: "pass", next, otherwise: { ...next, usedDay: gate.usedDay } });
  }

  /** @checks DS12 */
  private create(header: HeaderOf<"create">, postHash: PostHash, today: number): Outcome<Passage> {
    const { sha256, verify } = this.primitives;
    if (!equalBytes(gateIdOf(sha256, header.foundingKey), header.gate)) return refuse("bad-signature");
    const gate = this.find(header.gate)?.row;
    if (gate !== undefined) return equalBytes(postHash, gate.lastHash) ? repeat : refuse("gate-exists");
    if (!verify(header.foundingKey, gateBytes(header, postHash), header.signature)) return refuse("bad-signature");
    const next = nextRow(header, 1, postHash, today);
    return accept({ kind: "pass", next, otherwise: { ...next, usedDay: today - limits.gateIdleDays + nobodysDays } });
  }

  private find(id: GateId): KnownGate | undefined {
    const key = keyOf(id);
    const known = this.isShared ? undefined : this.known.get(key);
    if (known !== undefined) return known;
    const row = this.log.gate(id);
    if (row === undefined) return undefined;
    const found = { row, token: undefined };
    if (!this.isShared) this.known.set(key, found);
    return found;
  }

  /** @checks DS12 */
  private tokenMatches(known: KnownGate, token: Uint8Array): boolean {
    // not a check: a token that matched needs no second hash.
    if (known.token !== undefined && equalBytes(known.token, token)) return true;
    if (!equalBytes(tokenHashOf(this.primitives.sha256, token), known.row.tokenHash)) return false;
    known.token = token.slice();
    return true;
  }
}

function stale({ epoch, lastHash }: GateRow): Refusal {
  return { ok: false, code: "stale-epoch", epoch, lastHash };
}

/** Copies: a header's fields are views into the frame, which must not live as long as the gate. */
function nextRow(header: HeaderOf<"commit" | "create">, epoch: number, lastHash: PostHash, usedDay: number): GateRow {
  return {
    id: header.gate.slice(),
    epoch,
    postKey: header.nextPostKey.slice(),
    tokenHash: header.nextTokenHash.slice(),
    lastHash,
    usedDay,
  };
}
