/** Creates a conversation under an id that this device chooses (docs/spec/groups.md GR16). */
import { type Database, insertConversation, readContact, writeRoster } from "@yanshu/store";
import { type AccountId, fromHex, invariant, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { plan } from "../group-state/jobs.ts";

const accountsMax = 500;

/** @throws ClientError `empty`, `too-long`; `unknown-contact` if one of them is no contact. */
export function contactsIn(db: Database, accounts: readonly Hex[]): readonly AccountId[] {
  const people = accounts.map((hex) => fromHex(hex));
  if (people.length === 0) throw new ClientError("empty");
  if (people.length > accountsMax) throw new ClientError("too-long");
  if (people.some((account) => readContact(db, account)?.state !== "contact")) throw new ClientError("unknown-contact");
  return people;
}

/** Creates the conversation on this device at once; its group is made when home can be reached. Returns its id. */
export function found(
  engine: Engine,
  kind: string,
  {
    title,
    people,
    ...history
  }: {
    readonly title: string;
    readonly people: readonly AccountId[];
    readonly history?: "week" | "all";
  },
): Hex {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  const { rules } = engine.conversations.of(kind);
  const conversation = rules.newId?.(ports.crypto.random);
  invariant(conversation !== undefined, "only a kind that one device makes is founded so");
  db.transaction(() => {
    insertConversation(db, { conversation, kind, state: "forming", title, activeMs: ports.nowMs() });
    writeRoster(db, conversation, {
      title,
      avatar: undefined,
      adminsAdd: false,
      adminsEdit: false,
      ...history,
      members: [
        { account: own, role: rules.isLed ? "owner" : "member" },
        ...people.map((account) => ({ account, role: "member" as const })),
      ],
    });
    plan(engine, conversation, { kind: "create", accounts: people, title, ...history });
  });
  engine.changed("chats", topicOf(conversation));
  engine.schedule(conversation);
  return toHex(conversation);
}
