/**
 * User names (docs/spec/identity.md ID28, ID29): set, given up, and looked up. The name never leaves the device: the
 * server gets a tag that scrypt derived from it, and a record that opens with the other half of scrypt's output.
 */
import {
  type Bytes,
  concat,
  decodeUsernameRecord,
  type ErrorCode,
  encodeLink,
  encodeUsernameRecord,
  limits,
  readUsername,
  usernameParts,
  usernameSalt,
  utf8,
} from "@yanshu/wire";
import { ClientError, clientFeature, type FeatureContext } from "../feature.ts";
import { markUsername, noteUsername, readUsernameOf, type StoredUsername } from "../values/usernames.ts";

type UsernamesApi = {
  /**
   * Makes this person found by `handle`, or by none if it is empty: 4 to 32 of a–z, 0–9, `.`, `_` and `-`, a letter
   * first. Rejects with `bad-handle`, `handle-taken`, and `too-often` after two changes within 90 days.
   */
  readonly setHandle: (handle: string) => Promise<void>;
  /** Sets whether the handle leads to this person; it stays reserved for them. */
  readonly setFound: (isFound: boolean) => Promise<void>;
  /**
   * Resolves with a contact link, for `requestContact`. Rejects with `no-such-handle` if the handle leads to nobody.
   */
  readonly findHandle: (typed: string) => Promise<string>;
};

const reach = {
  label: "yanshu handle capability v1\0",
  isOpen: (db: FeatureContext["db"]) => readUsernameOf(db).isFound,
} as const;

const nonceBytes = 12;

/** The tag and key that scrypt derives from a name at this person's server. */
async function partsOf({ crypto, serverName }: FeatureContext, handle: string) {
  return usernameParts(await crypto.stretch(utf8(handle), usernameSalt(serverName())));
}

/** Publishes the handle. Returns why the server refused it; undefined if it did not. */
async function tell(
  context: FeatureContext,
  { handle, isFound }: Pick<StoredUsername, "handle" | "isFound">,
): Promise<ErrorCode | "unknown" | "lost" | undefined> {
  const right = await context.rightBy(reach.label);
  if (right === undefined) return "lost";
  const args = handle === "" ? {} : { handle: await sealed(context, handle, isFound ? right : undefined) };
  const answer = await context.server.call("setHandle", args);
  return answer.kind === "ok" ? undefined : answer.kind === "lost" ? "lost" : answer.code;
}

async function sealed(context: FeatureContext, handle: string, capability: Bytes | undefined) {
  const { crypto, random, own, ownProfile } = context;
  const { tag, key } = await partsOf(context, handle);
  if (capability === undefined) return { tag };
  const body = encodeUsernameRecord({ account: own(), capability, name: ownProfile().name });
  const nonce = random(nonceBytes);
  return { tag, record: concat(nonce, await crypto.seal(key, nonce, tag, body)) };
}

/** Publishes the handle if the server lacks it or has an older record. Repeated at each sign-in until it succeeds. */
async function keep(context: FeatureContext): Promise<void> {
  const { db, changed } = context;
  const held = readUsernameOf(db);
  if (held.isTold) return;
  const why = await tell(context, held);
  if (readUsernameOf(db).stampMs !== held.stampMs) return keep(context); // Another was chosen meanwhile.
  if (why === undefined) db.transaction(() => markUsername(db, true));
  // A server restored from an older copy gave it to somebody else since.
  if (why === "handle-taken")
    db.transaction(() => noteUsername(db, { handle: "", isFound: false, stampMs: held.stampMs + 1, isTold: true }));
  changed("status");
}

export const usernames = clientFeature({
  kinds: ["handle"],

  me: ({ database }) => {
    const { handle, isFound } = readUsernameOf(database);
    return { handle: { handle, isFound } };
  },

  reach,

  synced: {
    handle: {
      size: "account",
      all: ({ db }) => {
        const { isTold: _, ...held } = readUsernameOf(db);
        return held.stampMs === 0 ? [] : [{ kind: "handle", ...held }];
      },
      take: (context, { handle, isFound, stampMs }) => {
        const { db, tellReach, failed } = context;
        if (!noteUsername(db, { handle, isFound, stampMs, isTold: false })) return;
        void tellReach();
        void keep(context).catch(failed);
      },
    },
  },

  signedIn: keep,

  /** The server's record holds the old profile. */
  profileChanged: (context) => {
    const { db, failed } = context;
    db.transaction(() => markUsername(db, false));
    void keep(context).catch(failed);
  },

  serverForgot: ({ db }) => markUsername(db, false),

  api: (context): UsernamesApi => {
    const { db, nowMs, originOf, serverName, server, crypto, changed, sendSoon, tellOwnDevices, tellReach } = context;

    /** Stores the choice here, and sends it to the other own devices. */
    function choose(handle: string, isFound: boolean, isTold: boolean): void {
      const stampMs = Math.max(nowMs(), readUsernameOf(db).stampMs + 1);
      db.transaction(() => {
        noteUsername(db, { handle, isFound, stampMs, isTold });
        tellOwnDevices([{ kind: "handle", handle, isFound, stampMs }]);
      });
      changed("status");
      sendSoon();
    }

    /** Repeated at each sign-in until it succeeds. */
    async function tellServer(): Promise<void> {
      await tellReach();
      await keep(context);
    }

    /** The handle in the text, which must be of this person's server. */
    function handleOf(typed: string): string {
      const read = readUsername(typed);
      if (read === undefined) throw new ClientError("bad-handle");
      if (read.server !== undefined && read.server !== serverName()) throw new ClientError("wrong-server");
      return read.handle;
    }

    return {
      async setHandle(typed) {
        const held = readUsernameOf(db);
        if (typed.trim() === "") {
          if (held.handle === "") return;
          choose("", false, false);
        } else {
          const handle = handleOf(typed);
          await server.ready();
          // Two people may want one name: the server decides before other devices are told.
          const why = await tell(context, { handle, isFound: true });
          if (why === "handle-taken") throw new ClientError("handle-taken");
          if (why === "rate-limited") throw new ClientError("too-often");
          if (why !== undefined) throw new ClientError(why === "lost" ? "offline" : "refused");
          choose(handle, true, true);
        }
        await tellServer();
      },

      async setFound(isFound) {
        const { handle } = readUsernameOf(db);
        if (handle === "") return;
        choose(handle, isFound, false);
        await tellServer();
      },

      async findHandle(typed) {
        const handle = handleOf(typed);
        const { tag, key } = await partsOf(context, handle);
        const { record } = await server.callPaid("findHandle", limits.usernameTokens, (tokens) => ({ tag, tokens }));
        const body =
          record && (await crypto.open(key, record.subarray(0, nonceBytes), tag, record.subarray(nonceBytes)));
        const found = body && decodeUsernameRecord(body);
        if (found === undefined) throw new ClientError("no-such-handle");
        return encodeLink(originOf(serverName()), { kind: "contact", link: { ...found, server: serverName() } });
      },
    };
  },
});
