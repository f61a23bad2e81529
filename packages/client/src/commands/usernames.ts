/** Handles: chosen, given up, and looked for (docs/spec/identity.md ID28, ID29). */
import { type CallResult, decodeHandleRecord, encodeLink, limits, readHandle } from "@yanshu/wire";
import type { HandlesApi } from "../api/handles.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { asShown, spent, stockTokens, takeTokens } from "../files/tokens.ts";
import { keepContactCapability } from "../identity/contact-link.ts";
import { handleNonceBytes, keepHandle, partsOf, tellHandle } from "../identity/username-at-server.ts";
import { tellOwnDevices } from "../messages/own-devices.ts";
import { noteHandle, readHandleOf } from "../values/usernames.ts";

export function handlesApi(engine: Engine): HandlesApi {
  const { db, link, ports } = engine;

  /** From now on it is so here, and on the other own devices. */
  function choose(handle: string, isFound: boolean, isTold: boolean): void {
    const stampMs = Math.max(ports.nowMs(), readHandleOf(db).stampMs + 1);
    db.transaction(() => {
      noteHandle(db, { handle, isFound, stampMs, isTold });
      tellOwnDevices(engine, [{ kind: "handle", handle, isFound, stampMs }]);
    });
    engine.changed("status");
    engine.kick();
  }

  /** And at each sign-in, should home not hear of it now. */
  async function keep(): Promise<void> {
    await keepContactCapability(engine);
    await keepHandle(engine);
  }

  return {
    async setHandle(typed) {
      const held = readHandleOf(db);
      if (typed.trim() === "") {
        if (held.handle === "") return;
        choose("", false, false);
      } else {
        const handle = handleOf(typed);
        await link.whenReady("signed");
        // Two may want one name: home decides before anybody is told.
        const why = await tellHandle(engine, { handle, isFound: true });
        if (why === "handle-taken") throw new ClientError("handle-taken");
        if (why === "rate-limited") throw new ClientError("too-often");
        if (why !== undefined) throw new ClientError(why === "lost" ? "offline" : "refused");
        choose(handle, true, true);
      }
      await keep();
    },

    async setFound(isFound) {
      const { handle } = readHandleOf(db);
      if (handle === "") return;
      choose(handle, isFound, false);
      await keep();
    },

    async findHandle(typed) {
      const handle = handleOf(typed);
      const { server } = ownOf(engine);
      const { tag, key } = await partsOf(engine, handle, server);
      const { record } = await looked(tag);
      const body =
        record &&
        (await ports.crypto.open(key, record.subarray(0, handleNonceBytes), tag, record.subarray(handleNonceBytes)));
      const found = body && decodeHandleRecord(body);
      if (found === undefined) throw new ClientError("no-such-handle");
      return encodeLink(ports.originOf(server), { kind: "contact", link: { ...found, server } });
    },
  };

  /** The name that is meant, of this home. */
  function handleOf(typed: string): string {
    const read = readHandle(typed);
    if (read === undefined) throw new ClientError("bad-handle");
    if (read.server !== undefined && read.server !== ownOf(engine).server) throw new ClientError("wrong-server");
    return read.handle;
  }

  /** On a connection of its own, and paid for with what no account can be known by (DS52). */
  async function looked(tag: Uint8Array): Promise<CallResult<"findHandle">> {
    for (let isFirst = true; ; isFirst = false) {
      await link.whenReady("signed");
      const tokens = await takeTokens(engine, limits.handleTokens);
      if (tokens === undefined) throw new ClientError(link.state() === "online" ? "too-often" : "offline");
      spent(engine, tokens);
      const errand = await link.errand(ownOf(engine).server);
      if (errand === undefined) throw new ClientError("offline");
      const answer = await errand.call("findHandle", { tag, tokens: asShown(tokens) }).finally(errand.close);
      if (answer.kind === "ok") return answer.value;
      if (answer.kind === "lost") throw new ClientError("offline");
      if (answer.code === "rate-limited") throw new ClientError("too-often");
      // They were of a week that is over: others are drawn, once.
      if (answer.code !== "bad-token" || !isFirst || !(await stockTokens(engine))) throw new ClientError("refused");
    }
  }
}
