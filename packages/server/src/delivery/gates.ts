/**
 * Gates (docs/spec/delivery.md DS10–DS14): order a group's posts without knowing the group. A gate
 * takes one commit an epoch; every post of that epoch is before it, every later one is stale.
 *
 * Anybody may make one up, and home keeps it for a year after it last reached somebody; one that never did goes within
 * days (DS133).
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

/** What a post may do: pass, pass and change the gate, or nothing more because it was accepted before. */
export type Passage =
  | { readonly kind: "repeat" }
  /** `next`: as it stands if the post reached somebody; `otherwise`: if nobody; undefined: as before. */
  | { readonly kind: "pass"; readonly next: GateRow | undefined; readonly otherwise: GateRow | undefined };

/** `token` was last found to match: comparing is cheaper than hashing. */
type KnownGate = { readonly row: GateRow; token: Uint8Array | undefined };

type HeaderOf<Mode extends PostHeader["mode"]> = Extract<PostHeader, { mode: Mode }>;

const gatesKept = 50_000;
/** A gate that reached nobody yet. A day is enough to make addresses known anew. */
const nobodysDays = 2;
const repeat: Outcome<Passage> = accept({ kind: "repeat" });

export class Gates {
  private readonly known = new RecentMap<KnownGate>(gatesKept);
  private readonly log: Pick<DeliveryLog, "gate" | "putGate">;
  private readonly isShared: boolean;
  private readonly primitives: SyncPrimitives;

  /** @param isShared other servers move gates too: then each is asked for in each transaction, which holds it. */
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

  /** Inside the transaction that stores the post. */
  passed(passage: Passage, reachesSomebody: boolean): void {
    const gate = passage.kind === "repeat" ? undefined : reachesSomebody ? passage.next : passage.otherwise;
    if (gate !== undefined) this.put(gate, reachesSomebody);
  }

  /** One who makes up gates that reach nobody fills no memory with them: they are on disk. */
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
