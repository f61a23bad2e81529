/**
 * Sign-in (ID13): the server's nonce, signed by the device, with the pair (current, next). The pair
 * is stored before it is shown and repeated until it was answered, so a lost answer costs nothing
 * and a copy of this device that signs in shows.
 */
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type CallArgs, type CallName, type CallResult, idBytes, signInBytes } from "@yanshu/wire";
import type { Answer, Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { settleRefused } from "../recovery/restore-device.ts";
import { forgetWhatHomeKnew, isRestored } from "../recovery/server-rollback.ts";
import { wipeHere } from "../recovery/wipe-here.ts";

type Call = <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;

export async function signIn(
  engine: Engine,
  hello: Hello,
  call: Call,
): Promise<CallResult<"signIn"> | "suspended" | undefined> {
  const { db } = engine;
  if (engine.own === undefined) return undefined;
  // Nothing is signed for another home than the one that this account is at (ID45).
  if (hello.domain !== engine.own.server) {
    countDiagnostic(db, "wrong-domain");
    return undefined;
  }
  const restored = isRestored(engine, hello.incarnation);
  let answer = await attempt(engine, hello, call);
  if (restored && answer?.kind === "error" && answer.code === "unknown-device") {
    await tellEntries(engine, call, hello);
    answer = await attempt(engine, hello, call);
  }
  if (answer?.kind === "ok") {
    const { value, next } = answer;
    db.transaction(() => {
      writeMeta(db, "pair-current", next);
      deleteMeta(db, "pair-next");
      if (restored) forgetWhatHomeKnew(engine);
      writeMeta(db, "incarnation", hello.incarnation);
    });
    return value;
  }
  if (answer?.kind === "error" && answer.code === "suspended") return "suspended";
  const refused =
    answer?.kind === "error" && ["unknown-device", "unknown-account", "pair-mismatch"].includes(answer.code);
  // Home erased it, and the answer was lost.
  if (refused && engine.phase === "leaving") void wipeHere(engine).catch(engine.failed);
  if (refused && engine.phase === "ready" && !(await settleRefused(engine))) {
    engine.phase = "signed-out";
    void engine.deviceBackup.clear();
    engine.changed("status");
  }
  return undefined;
}

/** Shows the pair once; an answer that says yes says which value counts from now on. */
async function attempt(engine: Engine, hello: Hello, call: Call) {
  const { own, ports } = engine;
  if (own === undefined) return undefined;
  const { current, next } = pairOf(engine);
  const { account, device } = own;
  const signed = signInBytes({
    domain: hello.domain,
    incarnation: hello.incarnation,
    nonce: hello.nonce,
    account,
    device,
    current,
    next,
  });
  const signature = await ports.crypto.sign(own.deviceKey.privateKey, signed);
  // A pair that home has seen and the device backup has not would lock a mended device out.
  await engine.deviceBackup.write();
  const answer = await call("signIn", { account, device, current, next, signature });
  return answer.kind === "ok" ? { ...answer, next } : answer;
}

function pairOf({ db, ports }: Engine) {
  const current = readMeta(db, "pair-current") ?? new Uint8Array(idBytes.pairValue);
  const held = readMeta(db, "pair-next");
  const next = held ?? ports.crypto.random(idBytes.pairValue);
  if (held === undefined) db.transaction(() => writeMeta(db, "pair-next", next));
  return { current, next };
}
