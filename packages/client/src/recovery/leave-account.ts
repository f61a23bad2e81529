/**
 * Deletes the account (docs/spec/keeping.md KP1): leaves all chats, deletes the files that this device uploaded and
 * what features stored at the server anonymously, tells home, and wipes this device. Remaining steps are stored, so a
 * crash or a lost connection continues. There is no way back once it has begun, since other people are told first.
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

/** How long the farewells may take: a stuck group does not stop the deletion. */
const farewellMsMax = 20_000;
/** How long the deletion of files may take; the rest expires (ME7). */
const filesMsMax = 60_000;
/** The same for what features stored there anonymously. */
const holesMsMax = 120_000;
const stepMs = 250;

export type Leaving = {
  readonly api: Pick<CoreApi, "deleteAccount" | "wipeDevice">;
  /** Call this after each sign-in, until it is done. Returns whether the account is being deleted. */
  readonly goOn: () => boolean;
};

/** @param takeBack deletes what features stored at the server anonymously, and what other homes store. */
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
    // Another device moved the account meanwhile: this home lets go of it after a delay (HM15).
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

/** Whether a deletion has begun and is not finished. */
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
