/**
 * A visit to another home (docs/spec/homes.md HM44, HM45): a connection of its own on which this device signs in. If
 * the account is not there yet, the device registers it; if the device list there is outdated, the device sends the
 * newer.
 */
import { countDiagnostic } from "@yanshu/store";
import { arriveProofBytes, type Bytes, idBytes, signInBytes } from "@yanshu/wire";
import type { HomeFault } from "../api/homes.ts";
import type { Errand, Hello } from "../connection/link.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import type { ClientErrorCode } from "../errors.ts";
import { changeOtherHome, newOtherHome, putOtherHome, readOtherHome } from "../identity/other-home.ts";
import { takeHomes } from "../identity/own-homes.ts";
import { tellEntries } from "../identity/tell-entries.ts";

/** Why an invitation code does not admit (docs/spec/delivery.md DS140). */
const whyNot: Readonly<Record<string, ClientErrorCode>> = {
  "bad-token": "link-reset",
  "invite-expired": "invite-expired",
  "invite-used-up": "invite-used-up",
  "rate-limited": "too-often",
};

export type Visit =
  | { readonly kind: "in"; readonly errand: Errand }
  | { readonly kind: "out"; readonly fault: HomeFault; readonly why: ClientErrorCode };

const out = (fault: HomeFault, why: ClientErrorCode): Visit => ({ kind: "out", fault, why });

/**
 * Signs in at `server`, another home of this device. The caller closes the errand of a result `in`. A page without TLS,
 * or one of `yanshu app`, can reach no other home (HM45); any other goes by a carrier.
 *
 * @param record registers the account there if needed; absent: the account is not registered.
 */
export async function visit(engine: Engine, server: string, record?: Bytes): Promise<Visit> {
  // not a check: where it runs.
  if (engine.ports.reachesOthers !== true) return out("unreachable", "server-unreachable");
  if (server === engine.before.server) return atBefore(engine);
  let hello: Hello | undefined;
  let isStrange = false;
  const errand = await engine.link.errand(
    server,
    async (_call, greeted) => {
      hello = greeted;
      return true;
    },
    undefined,
    () => {
      isStrange = true;
    },
  );
  // Who has bought the name is told nothing. @checks HM116
  if (errand === undefined && isStrange) return out("strange", "strange-server");
  if (errand === undefined || hello === undefined) return out("unreachable", "server-unreachable");
  const came = await comeIn(engine, server, errand, hello, record);
  if (came !== "in") errand.close();
  return came === "in" ? { kind: "in", errand } : came;
}

/**
 * This device is signed in at the previous home already (HM68): with a second sign-in it would show its pair twice, as
 * a copy of the device does.
 */
async function atBefore({ link }: Engine): Promise<Visit> {
  if (!(await link.whenBeforeReady())) return out("unreachable", "server-unreachable");
  const { call, post } = link.before;
  return { kind: "in", errand: { call, post, close: () => undefined } };
}

async function comeIn(
  engine: Engine,
  server: string,
  errand: Errand,
  hello: Hello,
  record: Bytes | undefined,
): Promise<"in" | Visit> {
  // Signs only for the home that was meant. @checks HM45
  if (hello.domain !== server) {
    countDiagnostic(engine.db, "wrong-domain");
    return out("refused", "wrong-server");
  }
  let refused = await signInListed(engine, server, errand, hello);
  if (refused === "unknown-account" && record !== undefined) {
    const turnedAway = await arrive(engine, server, errand, hello, record);
    if (turnedAway !== undefined) return turnedAway;
    refused = await signInThere(engine, server, errand, hello);
  }
  if (refused === undefined) return "in";
  return refused === "lost" ? out("unreachable", "server-unreachable") : out("refused", "refused");
}

/**
 * Signs in, as a device that may have been linked after the account came there: then the device list is sent first.
 * Returns why it was refused; undefined if it was not.
 */
export async function signInListed(
  engine: Engine,
  server: string,
  errand: Pick<Errand, "call">,
  hello: Hello,
): Promise<string | undefined> {
  const refused = await signInThere(engine, server, errand, hello);
  if (refused !== "unknown-device") return refused;
  await tellEntries(engine, errand.call, hello);
  return signInThere(engine, server, errand, hello);
}

/**
 * Signs in as at home (ID13), with the pair for that home, which is stored before it is sent. Returns why it was
 * refused; undefined if it was not.
 */
async function signInThere(
  engine: Engine,
  server: string,
  errand: Pick<Errand, "call">,
  { domain, incarnation, nonce }: Hello,
): Promise<string | undefined> {
  const { db, ports } = engine;
  const { account, device, deviceKey } = ownOf(engine);
  const held = readOtherHome(db, server);
  const current = held?.current ?? new Uint8Array(idBytes.pairValue);
  const next = held?.next ?? ports.crypto.random(idBytes.pairValue);
  if (held?.next === undefined) db.transaction(() => putOtherHome(db, { ...(held ?? newOtherHome(server)), next }));
  const signed = signInBytes({ domain, incarnation, nonce, account, device, current, next });
  const signature = await ports.crypto.sign(deviceKey.privateKey, signed);
  const answer = await errand.call("signIn", { account, device, current, next, signature });
  if (answer.kind === "lost") return "lost";
  if (answer.kind === "error") return answer.code;
  db.transaction(() => changeOtherHome(db, server, ({ next: _, ...now }) => ({ ...now, current: next })));
  return undefined;
}

/** Registers the account there. Returns why it was refused; undefined if it was not. */
async function arrive(
  engine: Engine,
  server: string,
  errand: Errand,
  { domain, incarnation, nonce }: Hello,
  record: Bytes,
): Promise<Visit | undefined> {
  const { db, lists, ports } = engine;
  const { account, deviceKey, inception } = ownOf(engine);
  const list = await lists.load(account);
  const token = readOtherHome(db, server)?.token;
  // not a check: without either there is nothing to say.
  if (list === undefined || token === undefined) return out("refused", "link-reset");
  const homeHash = ports.crypto.sha256(record);
  const proof = arriveProofBytes({ domain, incarnation, nonce, account, homeHash });
  const answer = await errand.call("arrive", {
    token,
    history: { inception, entries: list.entries.map(({ bytes }) => bytes) },
    key: deviceKey.publicKey,
    signature: await ports.crypto.sign(deviceKey.privateKey, proof),
    record,
  });
  if (answer.kind === "lost") return out("unreachable", "server-unreachable");
  if (answer.kind === "error") return out("refused", whyNot[answer.code] ?? "refused");
  await takeHomes(engine, record);
  db.transaction(() => changeOtherHome(db, server, ({ token: _, ...now }) => now));
  return undefined;
}
