/**
 * Sign-in (ID13): the device signs the server's nonce and the pair (current, next). The pair is stored before it is
 * sent and repeated until it is answered. So a lost answer does no harm, and a copy of this device that signs in is
 * detected.
 */
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type CallArgs, type CallName, type CallResult, idBytes, signInBytes } from "@yanshu/wire";
import type { Answer, Hello } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { settleRefused } from "../recovery/restore-device.ts";
import { forgetWhatHomeKnew, isRestored } from "../recovery/server-rollback.ts";
import { isErased, wipeHere } from "../recovery/wipe-here.ts";

type Call = <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;

export async function signIn(
  engine: Engine,
  hello: Hello,
  call: Call,
): Promise<CallResult<"signIn"> | "suspended" | undefined> {
  const { db } = engine;
  if (engine.own === undefined) return undefined;
  // Signs only for the account's own home (ID45).
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
  // Home erased the account, and its answer was lost.
  // Or another own device had it erased, and said so before.
  const isOver = answer?.kind === "error" && answer.code === "unknown-account" && isErased(engine);
  if (isOver || (refused && engine.phase === "leaving")) void wipeHere(engine).catch(engine.failed);
  if (!isOver && refused && engine.phase === "ready" && !(await settleRefused(engine))) {
    engine.phase = "signed-out";
    void engine.deviceBackup.clear();
    engine.changed("status");
  }
  return undefined;
}

/** Sends the pair once; if the answer is ok, `next` is the current value from now on. */
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
  // Home must not see a pair that the device backup lacks: a device restored from that backup would be locked out.
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
