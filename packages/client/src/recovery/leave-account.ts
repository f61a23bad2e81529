/**
 * Deleting one's account (docs/spec/keeping.md KP1): farewell is said, the files that this device stored and what
 * features put at the server without a name are taken back, home is told, and this device wiped. What is still to do
 * stands in the store, so that a crash or a lost line goes on where it stopped; there is no way back once it was begun,
 * since other people are told first.
 */
import { deleteOwnBlob, hasWork, readMeta, readOwnBlobs, writeMeta } from "@yanshu/store";
import type { CoreApi } from "../api/core.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { removeLetGo } from "../files/blob-refs.ts";
import { blobServer } from "../files/server.ts";
import { leaveAt, sayAlone } from "../identity/own-homes.ts";
import { sayFarewell } from "../messages/farewell.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { wipeHere } from "./wipe-here.ts";

/** A group that is stuck keeps nobody here: its members will find the messages to this account unanswered. */
const farewellMsMax = 20_000;
/** What is not taken back by then goes when its days are over (ME7). */
const filesMsMax = 60_000;
/** The same of what features put there without a name. */
const holesMsMax = 120_000;
const stepMs = 250;

export type Leaving = {
  readonly api: Pick<CoreApi, "deleteAccount" | "wipeDevice">;
  /** After each sign-in, until it is done. Answers whether the account is being deleted. */
  readonly goOn: () => boolean;
};

/** @param takeBack what features put at the server without the account's name, and what other homes keep. */
export function createLeaving(engine: Engine, takeBack: () => Promise<void>): Leaving {
  const { db, ports } = engine;
  let isRunning = false;

  async function finish(): Promise<void> {
    await until(engine, farewellMsMax, () => !hasWork(db));
    await takeFilesBack(engine);
    let isDone = false;
    void takeBack()
      .catch(engine.failed)
      .finally(() => {
        isDone = true;
      });
    await until(engine, holesMsMax, () => isDone);
    const answer = await engine.link.call("signed", "deleteAccount", {});
    // Another device moved it meanwhile: it leaves after its days (HM15).
    const isMoved = answer.kind === "error" && answer.code === "moved";
    const isTaken = isMoved
      ? await leaveAt(engine, (name, args) => engine.link.call("signed", name, args))
      : answer.kind === "ok";
    if (isTaken) await wipeHere(engine);
  }

  function goOn(): boolean {
    // not a check: nothing to go on with.
    if (engine.phase !== "leaving") return false;
    if (isRunning) return true;
    isRunning = true;
    void finish()
      .catch(engine.failed)
      .finally(() => {
        isRunning = false;
      });
    return true;
  }

  return {
    goOn,
    api: {
      async deleteAccount() {
        // not a check: what its own person asks for.
        if (engine.phase !== "ready") throw new ClientError("not-allowed");
        const isThere = (await engine.link.whenReady("signed")) && (await engine.link.whenReady("anonymous"));
        // not a check: the network's answer.
        if (!isThere) throw new ClientError("offline");
        // Before anybody is told: afterwards there is no way back.
        // @checks HM59
        if (!(await sayAlone(engine))) throw new ClientError("offline");
        db.transaction(() => {
          writeMeta(db, "leaving", Uint8Array.of(1));
          sayFarewell(engine);
          tellOwnDevices(engine, [{ kind: "erased", stampMs: ports.nowMs() }]);
        });
        engine.phase = "leaving";
        engine.changed("status", "chats");
        engine.schedule();
        goOn();
      },
      async wipeDevice() {
        // not a check: what its own person asks for.
        if (engine.phase !== "signed-out") throw new ClientError("not-allowed");
        await wipeHere(engine);
      },
    },
  };
}

/** Whether this device stopped in the middle of it. */
export function isLeaving(engine: Engine): boolean {
  return readMeta(engine.db, "leaving") !== undefined;
}

async function until(engine: Engine, msMax: number, holds: () => boolean): Promise<void> {
  const endMs = engine.ports.nowMs() + msMax;
  while (!holds() && engine.ports.nowMs() < endMs) await new Promise<void>((go) => void engine.ports.after(stepMs, go));
}

async function takeFilesBack(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  const home = ports.media && blobServer(engine, ports.media, ownOf(engine).server);
  if (home === undefined) return;
  await removeLetGo(engine);
  const endMs = ports.nowMs() + filesMsMax;
  for (const { id, owner } of readOwnBlobs(db)) {
    if (ports.nowMs() > endMs) return;
    const answer = await home.remove(id, owner);
    if (answer.kind === "ok" || (answer.kind === "refused" && answer.why === "unknown-blob"))
      db.transaction(() => deleteOwnBlob(db, id));
  }
}
