/**
 * What may change a group, by the vectors that other implementations run too, and by properties.
 */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, type DeviceStanding, fromHex, idBytes, MalformedError, toHex } from "@yanshu/wire";
import fc from "fast-check";
import { readGroupState } from "./group-state.ts";
import { allowed, decodeGroupState, encodeGroupState, type GroupState, type RosterChange } from "./index.ts";

type WrittenState = {
  readonly conversation: string;
  readonly gate: string;
  readonly previous?: { readonly groupId: string; readonly epoch: number } | null;
  readonly avatar?: string;
  readonly roles: readonly { readonly account: string; readonly role: "owner" | "admin" }[];
  readonly link?: {
    readonly secret: string;
    readonly token: string;
    readonly expiresMs: number;
    readonly left?: number;
  } | null;
  readonly dissolved?: true | null;
  readonly more?: readonly { readonly type: number; readonly data: string }[] | null;
} & Omit<GroupState, "conversation" | "gate" | "previous" | "avatar" | "roles" | "link" | "dissolved" | "more">;

type Case = {
  readonly title: string;
  readonly allow: boolean;
  readonly committer: string;
  readonly before: Partial<WrittenState>;
  readonly after: Partial<WrittenState>;
  readonly leaves: readonly string[];
  readonly added: readonly (string | { readonly leaf: string; readonly replaces: string })[];
  readonly removed: readonly { readonly leaf: string; readonly standing: DeviceStanding }[];
};

const vectors = JSON.parse(readFileSync(join(import.meta.dir, "../../../vectors/group-state.json"), "utf8")) as {
  readonly accounts: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, string>>;
  readonly base: WrittenState;
  readonly encodings: {
    readonly valid: readonly { readonly title: string; readonly state: WrittenState; readonly cbor: string }[];
    readonly invalid: readonly { readonly title: string; readonly cbor: string; readonly newer?: boolean }[];
  };
  readonly allowed: readonly Case[];
};

function account(name: string): Bytes {
  return fromHex(vectors.accounts[name] as string);
}

function leaf(name: string) {
  const device = fromHex(vectors.devices[name] as string);
  return { account: account(name.split("/")[0] as string), device, address: device.subarray(0, idBytes.address) };
}

function addedLeaf(one: Case["added"][number]) {
  return typeof one === "string" ? leaf(one) : { ...leaf(one.leaf), replaces: leaf(one.replaces).address };
}

function stateOf(written: WrittenState): GroupState {
  const { conversation, gate, previous, avatar, roles, link, dissolved, more, ...rest } = written;
  return {
    ...rest,
    conversation: fromHex(conversation),
    gate: fromHex(gate),
    roles: roles.map((entry) => ({ account: account(entry.account), role: entry.role })),
    ...(previous ? { previous: { groupId: fromHex(previous.groupId), epoch: previous.epoch } } : {}),
    ...(avatar === undefined ? {} : { avatar: fromHex(avatar) }),
    ...(link ? { link: { ...link, secret: fromHex(link.secret), token: fromHex(link.token) } } : {}),
    ...(dissolved ? { dissolved } : {}),
    ...(more ? { more: more.map(({ type, data }) => ({ type, data: fromHex(data) })) } : {}),
  };
}

function changeOf({ leaves, added, removed }: Pick<Case, "leaves" | "added" | "removed">): RosterChange {
  return {
    leaves: leaves.map(leaf),
    added: added.map(addedLeaf),
    removed: removed.map((one) => ({ ...leaf(one.leaf), standing: one.standing })),
  };
}

describe("vectors", () => {
  test.each(vectors.encodings.valid.map((each) => [each.title, each] as const))(
    "[GR2] %s is valid",
    (_title, { state, cbor }) => {
      expect(toHex(encodeGroupState(stateOf(state)))).toBe(cbor);
      expect(decodeGroupState(fromHex(cbor))).toEqual(stateOf(state));
    },
  );

  test.each(vectors.encodings.invalid.map((each) => [each.title, each] as const))(
    "[GR2] %s is not valid",
    (_title, { cbor, newer }) => {
      expect(() => decodeGroupState(fromHex(cbor))).toThrow(MalformedError);
      expect(readGroupState(fromHex(cbor))).toBe(newer ? "policy-version" : "malformed");
    },
  );

  test.each(vectors.allowed.map((each) => [each.title, each] as const))("[GR5] %s", (_title, each) => {
    const before = stateOf({ ...vectors.base, ...each.before });
    const after = stateOf({ ...vectors.base, ...each.before, ...each.after });
    // Both states are valid by themselves: what is refused is the change.
    expect(decodeGroupState(encodeGroupState(before))).toEqual(before);
    expect(decodeGroupState(encodeGroupState(after))).toEqual(after);
    expect(allowed(before, account(each.committer), changeOf(each), after)).toBe(each.allow);
  });
});

const people = ["alice", "bob", "carol", "dave"];
const anyLeaf = fc.constantFrom(...Object.keys(vectors.devices));
const anyRoles = fc
  .uniqueArray(fc.constantFrom(...people), { maxLength: 4 })
  .chain((named) =>
    fc
      .tuple(...named.map(() => fc.constantFrom("owner" as const, "admin" as const)))
      .map((roles) => named.sort().map((name, i) => ({ account: name, role: roles[i] as "owner" | "admin" }))),
  );
const anyState = fc
  .record({
    roles: anyRoles.filter((roles) => roles.some(({ role }) => role === "owner")),
    name: fc.constantFrom("Dinner", "晚饭"),
    settings: fc.record(
      {
        adminsOnlyAdd: fc.boolean(),
        adminsOnlyEdit: fc.boolean(),
        history: fc.constantFrom("week" as const, "all" as const),
      },
      { requiredKeys: ["adminsOnlyAdd", "adminsOnlyEdit"] },
    ),
  })
  .map((change) => stateOf({ ...vectors.base, ...change }));
const anyChange = fc
  .record({
    leaves: fc.uniqueArray(anyLeaf, { minLength: 1, maxLength: 6 }),
    added: fc.uniqueArray(anyLeaf, { maxLength: 2 }),
    asked: fc.boolean(),
    gone: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
    standing: fc.constantFrom<DeviceStanding>("listed", "stale"),
  })
  .map(({ leaves, added, asked, gone, standing }) => ({
    leaves,
    added: asked ? added.map((one) => ({ leaf: one, replaces: one })) : added,
    removed: gone.flatMap((at) => (leaves[at] === undefined ? [] : [{ leaf: leaves[at], standing }])),
  }));

/** Whether the device of this leaf wants to take its place anew. */
const asks = ({ added }: Pick<Case, "added">, name: string) =>
  added.some((one) => typeof one !== "string" && one.leaf === name && one.replaces === name);

const roleIn = (state: GroupState, who: Bytes) =>
  state.roles.find((entry) => toHex(entry.account) === toHex(who))?.role;

test("[GR5] who has no role gives none, changes no setting, and removes nobody who is listed", () => {
  fc.assert(
    fc.property(anyState, anyState, anyChange, fc.constantFrom(...people), (before, after, change, who) => {
      const committer = account(who);
      fc.pre(roleIn(before, committer) === undefined);
      if (!allowed(before, committer, changeOf(change), after)) return;
      expect(after.roles).toEqual(before.roles);
      expect(after.settings).toEqual(before.settings);
      if (before.settings.adminsOnlyEdit) expect(after.name).toBe(before.name);
      for (const removed of change.removed) {
        const own = removed.leaf.startsWith(who);
        expect(own || removed.standing === "stale" || asks(change, removed.leaf)).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});

test("[GR5] only an owner makes owners or admins, and only an owner removes an owner", () => {
  fc.assert(
    fc.property(anyState, anyState, anyChange, fc.constantFrom(...people), (before, after, change, who) => {
      const committer = account(who);
      fc.pre(roleIn(before, committer) !== "owner");
      if (!allowed(before, committer, changeOf(change), after)) return;
      for (const entry of after.roles) expect(roleIn(before, entry.account)).toBe(entry.role);
      for (const entry of before.roles) if (entry.role === "owner") expect(roleIn(after, entry.account)).toBe("owner");
      for (const removed of change.removed)
        if (roleIn(before, leaf(removed.leaf).account) === "owner")
          expect(removed.standing === "stale" || asks(change, removed.leaf)).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test("[GR2] a state of more than 8,192 bytes is not encoded, though each of its fields fits", () => {
  const state = { ...stateOf(vectors.base), avatar: new Uint8Array(6_144) };
  expect(() => encodeGroupState({ ...state, announcement: "雁".repeat(100) })).not.toThrow();
  expect(() => encodeGroupState({ ...state, announcement: "雁".repeat(700) })).toThrow(MalformedError);
});

test("[GR2] what encodes decodes to the same, and no other bytes do", () => {
  fc.assert(
    fc.property(anyState, fc.nat(), (state, at) => {
      const bytes = encodeGroupState(state);
      expect(decodeGroupState(bytes)).toEqual(state);
      const changed = bytes.slice();
      changed[at % bytes.length] = (changed[at % bytes.length] as number) ^ 1;
      try {
        expect(encodeGroupState(decodeGroupState(changed))).toEqual(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
  );
});
