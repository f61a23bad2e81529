/** What a person decides of homes: a reserve, and to go to another (docs/spec/homes.md HM44, HM51). */
import { readMeta } from "@yanshu/store";
import { fittingHomes, type Homes, isServerName } from "@yanshu/wire";
import type { HomesApi } from "../api/homes.ts";
import type { Errand } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { hasContactCapability, keepContactCapability } from "../identity/contact-link.ts";
import { answerOffered } from "../identity/offered-reserve.ts";
import {
  newOtherHome,
  noteLeaving,
  type OtherHome,
  otherHomes,
  putOtherHome,
  readBefore,
  readOtherHome,
  readReserve,
  setReserveHome,
} from "../identity/other-home.ts";
import {
  followHomes,
  heldHomes,
  homesHeld,
  leaveAt,
  sayHomes,
  signHomes,
  stayAt,
  wishHomes,
} from "../identity/own-homes.ts";
import { codeIn } from "../values/links.ts";
import { bring, exchange } from "./carry.ts";
import { forgetKey } from "./home-key.ts";
import { goTo, homesFrom } from "./move.ts";
import { visit } from "./visit.ts";
import type { OtherHomeWorker } from "./worker.ts";

/** Why nobody goes to a home to which it was not all carried. */
const whyStay = {
  unreachable: "server-unreachable",
  refused: "refused",
  home: "offline",
  strange: "strange-server",
} as const;

/** Who moves waits so long at most until the new home knows their link. */
const settlesMsMax = 10_000;
const stepMs = 100;

/** Asks every other home to let go of the account, because it is being deleted at home (HM59). */
export async function leaveOthers(engine: Engine): Promise<void> {
  await Promise.allSettled(otherHomes(engine.db).map((server) => leave(engine, server)));
}

/** Asks that home to let go of the account (HM15, HM49); one that cannot be reached is skipped. */
async function leave(engine: Engine, server: string): Promise<void> {
  const came = await visit(engine, server);
  if (came.kind !== "in") return;
  await leaveAt(engine, came.errand.call).finally(came.errand.close);
}

/**
 * What was stored before a call rejects stays, such as the row of a home that did not answer: the next call uses it.
 * @param hold runs a decision while nothing is copied to other homes. @param wake starts the copying.
 */
export function homesApi(
  engine: Engine,
  { hold, wake }: Pick<OtherHomeWorker, "hold" | "wake">,
): Omit<HomesApi, "meetAt"> {
  const { db } = engine;

  /** The home at which the link lets people in, as this device knows it. */
  function otherHomeOf(link: string): OtherHome {
    // not a check: what its own person asks for.
    if (engine.ports.reachesOthers !== true) throw new ClientError("not-allowed");
    const { server, token } = codeIn(link);
    // not a check: what its own person asks for.
    if (server === ownOf(engine).server) throw new ClientError("not-allowed");
    return { ...(readOtherHome(db, server) ?? newOtherHome(server)), token };
  }

  /**
   * Registers the account at `other` with a record that names `homes`; that home knows device and account then.
   * @param there what else is done while this device is signed in there.
   */
  async function arriveAt(
    other: OtherHome,
    homes: Homes | undefined,
    there?: (errand: Errand) => Promise<void>,
  ): Promise<Homes> {
    const record = homes && (await signHomes(engine, homes, heldHomes(engine)));
    if (homes === undefined || record === undefined) throw new ClientError("refused");
    db.transaction(() => putOtherHome(db, other));
    const came = await visit(engine, other.server, record);
    // not a check: the other home's answer.
    if (came.kind === "out") throw new ClientError(came.why);
    try {
      // It may still be about to let go of the account: a reserve that was dropped earlier (HM49).
      // @checks HM58
      if (!(await stayThere(other.server, came.errand))) throw new ClientError("server-unreachable");
      await there?.(came.errand);
    } finally {
      came.errand.close();
    }
    return homes;
  }

  /** Cancels a pending request that this home let go of the account (HM58). Returns success. */
  async function stayThere(server: string, { call }: Errand): Promise<boolean> {
    const isKept = await stayAt(call);
    if (isKept) db.transaction(() => noteLeaving(db, undefined, server));
    return isKept;
  }

  async function setReserve(link: string): Promise<void> {
    const other = otherHomeOf(link);
    // not a check: the network's answer.
    if (!(await engine.link.whenReady("signed")) || (await followHomes(engine)) === undefined)
      throw new ClientError("offline");
    const { homes } = await homesHeld(engine);
    const wish = fittingHomes({ homes: homes.length === 0 ? [ownOf(engine).server] : homes, reserve: other.server });
    // The server is one of the homes already, or its name does not fit into a record.
    if (wish?.reserve === undefined) throw new ClientError("not-allowed");
    await arriveAt(other, wish);
    db.transaction(() => {
      setReserveHome(db, other.server);
      wishHomes(engine, wish);
      answerOffered(db);
    });
    await sayHomes(engine);
    engine.changed("homes", "status");
  }

  async function dropReserve(): Promise<void> {
    const { homes } = await homesHeld(engine);
    const reserve = readReserve(db);
    if (reserve !== undefined) await leave(engine, reserve.server);
    db.transaction(() => {
      setReserveHome(db, undefined);
      if (reserve !== undefined && reserve.server !== readBefore(db).server) forgetKey(db, reserve.server);
      if (homes.length > 0) wishHomes(engine, { homes });
    });
    engine.changed("homes");
    await sayHomes(engine);
  }

  async function moveHome(to?: string): Promise<void> {
    const [first] = (await homesHeld(engine)).homes;
    const moved = first === ownOf(engine).server ? undefined : first;
    const reserve = readReserve(db);
    const servers = new Set([moved, reserve?.server].filter((one) => one !== undefined));
    // Of two servers the person says which.
    // @checks HM72
    if (to === undefined && servers.size !== 1) throw new ClientError("not-allowed");
    // Neither of them any more, since it was confirmed.
    // @checks HM72
    if (isServerName(to) && !servers.has(to)) throw new ClientError("refused");
    const [server = ""] = to === undefined ? servers : [to];
    if (server === moved) return followTo(server);
    const other = server === reserve?.server ? reserve : otherHomeOf(server);
    const homes = await arriveAt(other, await homesFrom(engine, other.server), async (errand) => {
      if (engine.link.isReady("signed")) await carryFirst(other.server, errand);
    });
    await goTo(engine, other.server, homes);
    await bringsOthers();
  }

  /** The own link is shown from now on: it lets the others in only once this home has settled and knows it (HM77). */
  async function bringsOthers(): Promise<void> {
    if (!hasContactCapability(engine) || !(await engine.link.whenReady("signed"))) return;
    // What a sign-in tells home has its order, and is not said before it.
    const isSettled = () => readMeta(db, "homes-owed") === undefined;
    for (let waited = 0; waited < settlesMsMax && !isSettled(); waited += stepMs)
      await new Promise<void>((resolve) => engine.ports.after(stepMs, resolve));
    await keepContactCapability(engine);
  }

  /** To where another device of the account went, which carried all there (HM70). */
  async function followTo(server: string): Promise<void> {
    // not a check: what its own person asks for.
    if (engine.ports.reachesOthers !== true) throw new ClientError("not-allowed");
    const came = await visit(engine, server);
    // not a check: the other home's answer.
    if (came.kind === "out") throw new ClientError(came.why);
    // What that home was told last may name another.
    await exchange(engine, server, came.errand).finally(came.errand.close);
    // @checks HM70
    if ((await homesHeld(engine)).homes[0] !== server) throw new ClientError("refused");
    await goTo(engine, server);
  }

  /**
   * While home answers what lies there goes along first (HM67); where the other one has no room for it, or home has it
   * no more, this device fills the vault there from what it has. Else nobody goes: what lies at home would stay there.
   */
  async function carryFirst(server: string, errand: Errand): Promise<void> {
    // not a check: the network's answer.
    if (!(await exchange(engine, server, errand))) throw new ClientError("server-unreachable");
    const ended = await bring(engine, server, errand, () => false);
    // not a check: the network's answer.
    if (ended !== undefined && ended !== "full" && ended !== "gone") throw new ClientError(whyStay[ended]);
  }

  async function stayHome(): Promise<void> {
    const isReady = await engine.link.whenReady("signed");
    const others = new Set([readReserve(db)?.server, readBefore(db).server]);
    let isThere = true;
    for (const server of others) {
      if (server === undefined || readOtherHome(db, server)?.leaving === undefined) continue;
      const came = await visit(engine, server);
      const isKept = came.kind === "in" && (await stayThere(server, came.errand).finally(came.errand.close));
      isThere &&= isKept;
    }
    const isHere = isReady && (await stayAt((name, args) => engine.link.call("signed", name, args)));
    if (isHere) await followHomes(engine);
    engine.changed("homes");
    // not a check: the network's answer.
    if (!isHere) throw new ClientError("offline");
    // not a check: the network's answer.
    if (!isThere) throw new ClientError("server-unreachable");
  }

  return {
    stayHome: () => hold(stayHome),
    setReserve: (link) => hold(() => setReserve(link)),
    carryNow: async () => {
      engine.vault("now");
      wake("now");
    },
    dropReserve: () => hold(dropReserve),
    putOffReserve: async () => {
      db.transaction(() => answerOffered(db));
      engine.changed("status");
    },
    moveHome: (to) => hold(() => moveHome(to)),
  };
}
