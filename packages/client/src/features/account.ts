/** The account: made, named, carried on a card, and its devices (docs/spec/identity.md ID1–ID5, ID11, ID17, ID18). */
import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { bodyLimits } from "@yanshu/content";
import { deleteMeta, readConversations, readMeta, writeMeta } from "@yanshu/store";
import { type Link as AnyLink, type Bytes, concat, decodeLink, toBase64Url, toHex, utf8 } from "@yanshu/wire";
import { type ClientApi, ClientError } from "../api.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { makeAccount, readOwn, signEntry, writeOwn, writeOwnProfile } from "../identity/own.ts";
import { ownProfile } from "../sync/bodies.ts";
import { say } from "../sync/outbox.ts";
import { tellOwnDevices } from "../sync/own-devices.ts";
import { nameOf } from "./groups.ts";

type AccountApi = Pick<ClientApi, "createAccount" | "setProfile" | "revokeDevice" | "recoveryCard" | "confirmCard">;

/** `connect` opens the anonymous connection to a server, before there is an account there. */
export function accountApi(
  engine: Engine,
  hooks: { readonly connect: (server: string) => Promise<boolean>; readonly joined: () => void },
): AccountApi {
  const { db, ports } = engine;

  return {
    async createAccount({ name, picture, link }) {
      if (engine.own !== undefined) throw new ClientError("has-account");
      const chosen = nameOf(name, false);
      checkPicture(picture);
      const { server, token } = invitationOf(decodeLink(link));
      if (ports.server !== undefined && server !== ports.server) throw new ClientError("wrong-server");
      if (!(await hooks.connect(server))) throw new ClientError("server-unreachable");
      const made = await makeAccount(ports.crypto, server);
      const answer = await engine.link.call("anonymous", "register", {
        token,
        inception: made.inception,
        entry: made.entry,
      });
      if (answer.kind === "lost") throw new ClientError("server-unreachable");
      if (answer.kind === "error") throw new ClientError(answer.code === "bad-token" ? "link-reset" : "refused");
      await engine.lists.take({ inception: made.inception, entries: [made.entry] });
      db.transaction(() => writeOwn(db, made));
      const own = await readOwn(db, ports.crypto);
      if (own === undefined) throw new ClientError("storage");
      engine.own = own;
      db.transaction(() => writeOwnProfile(db, own.account, chosen, picture, ports.nowMs()));
      engine.phase = "ready";
      engine.changed("status", "people");
      hooks.joined();
    },

    async setProfile({ name, picture }) {
      const chosen = nameOf(name, false);
      checkPicture(picture);
      const own = ownOf(engine);
      const stampMs = Math.max(ports.nowMs(), ownProfile(engine).stampMs + 1);
      const profile = { name: chosen, ...(picture === undefined ? {} : { avatar: picture }) };
      db.transaction(() => {
        writeOwnProfile(db, own.account, chosen, picture, stampMs);
        tellOwnDevices(engine, [{ kind: "profile", ...profile, stampMs }]);
        // Those one writes to alone hear of it at once; groups with the next thing said there.
        for (const row of readConversations(db)) {
          if (row.kind === "direct" && row.state === "open")
            say(engine, row.conversation, { kind: "profile", ...profile });
        }
      });
      engine.changed("status", "people");
      engine.kick();
    },

    /** The entry goes to home first: it ends the device's sign-in. Then every group is rid of its leaves (ID18). */
    async revokeDevice(hex) {
      const own = ownOf(engine);
      const devices = engine.lists.devices(own.account);
      const kept = devices.filter(({ id }) => toHex(id) !== hex);
      if (kept.length === devices.length || hex === toHex(own.device)) throw new ClientError("not-allowed");
      await engine.link.whenReady("anonymous");
      const entry = await signEntry(
        engine,
        kept.map(({ key }) => key),
      );
      const answer = await engine.link.call("anonymous", "appendEntries", { account: own.account, entries: [entry] });
      if (answer.kind !== "ok") throw new ClientError(answer.kind === "lost" ? "offline" : "refused");
      await engine.lists.take({ inception: own.inception, entries: [entry] });
      engine.changed("devices");
      for (const row of readConversations(db)) engine.kick(row.conversation);
    },

    async recoveryCard() {
      const masterKey = readMeta(db, "master-key");
      if (masterKey === undefined) throw new ClientError("not-allowed");
      const own = ownOf(engine);
      return {
        words: entropyToMnemonic(masterKey, wordlist).split(" "),
        code: `yanshu-card:${toBase64Url(concat(masterKey, own.account, utf8(own.server)))}`,
      };
    },

    async confirmCard(answers) {
      const masterKey = readMeta(db, "master-key");
      if (masterKey === undefined) throw new ClientError("not-allowed");
      const words = entropyToMnemonic(masterKey, wordlist).split(" ");
      const right =
        answers.length >= 2 && answers.every(({ place, word }) => words[place] === word.trim().toLowerCase());
      if (!right) return false;
      db.transaction(() => {
        deleteMeta(db, "master-key");
        writeMeta(db, "card-confirmed", Uint8Array.of(1));
      });
      engine.changed("status");
      return true;
    },
  };
}

function invitationOf(read: AnyLink | undefined): { server: string; token: Bytes } {
  if (read?.kind === "invite") return read.link;
  if (read?.kind === "contact") return { server: read.link.server, token: read.link.capability };
  throw new ClientError("bad-link");
}

function checkPicture(picture: Bytes | undefined): void {
  if (picture !== undefined && picture.length > bodyLimits.avatarBytesMax) throw new ClientError("bad-picture");
}
