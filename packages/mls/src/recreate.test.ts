/**
 * Who may re-create a conversation, and which founding wins.
 */
import { expect, test } from "bun:test";
import { createBunCrypto } from "./bun/index.ts";
import { comesAfter, foundingLeapMax, type GroupState, mayRecreate as mayRecreateAt } from "./index.ts";
import { device, directState, groupState } from "./testing/people.ts";

const crypto = createBunCrypto();
const [alice, bob, carol, dave] = (await Promise.all(
  ["alice", "bob", "carol", "dave"].map((name) => device(crypto, name)),
)) as [
  Awaited<ReturnType<typeof device>>,
  Awaited<ReturnType<typeof device>>,
  Awaited<ReturnType<typeof device>>,
  Awaited<ReturnType<typeof device>>,
];

const roles: GroupState["roles"] = [
  { account: alice.account, role: "owner" },
  { account: bob.account, role: "admin" },
];
const [groupId, otherId] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
const held = {
  groupId,
  epoch: 9,
  state: groupState(alice, { roles, founding: 5 }),
  accounts: [alice.account, bob.account, carol.account],
};
const gate = new Uint8Array(32).fill(10);
const next: GroupState = { ...held.state, founding: 6, gate, previous: { groupId, epoch: 9 } };

/** The day allows nothing then (GR76). */
const beforeDaysMs = -86_400_000;
const mayRecreate = (...[here, founder, then]: [typeof held, typeof alice.account, GroupState]) =>
  mayRecreateAt(here, founder, then, beforeDaysMs);

test("[GR10] owner and admins re-create a group, members and strangers do not", () => {
  expect(mayRecreate(held, alice.account, next)).toBe(true);
  expect(mayRecreate(held, bob.account, next)).toBe(true);
  expect(mayRecreate(held, carol.account, next)).toBe(false);
  expect(mayRecreate(held, dave.account, next)).toBe(false);
});

test("[GR10] an admin who re-creates can leave the owner behind, and makes an owner of nobody but an admin", () => {
  expect(mayRecreate(held, bob.account, { ...next, roles: [{ account: bob.account, role: "owner" }] })).toBe(true);
  expect(
    mayRecreate(held, bob.account, { ...next, roles: [...roles, { account: carol.account, role: "owner" }] }),
  ).toBe(false);
});

test("[GR10.3] of a state that comes after the held one nobody can tell who decided", () => {
  const handedOver = { ...next, roles: [...roles, { account: carol.account, role: "owner" as const }] };
  const from = (previous: GroupState["previous"], founding = 6) =>
    mayRecreate(held, alice.account, { ...handedOver, founding, ...(previous === undefined ? {} : { previous }) });
  const { previous: _, ...unnamed } = handedOver;
  expect([8, 9, 10].map((epoch) => from({ groupId, epoch }))).toEqual([false, false, true]);
  expect(from({ groupId: otherId, epoch: 1 }, 7)).toBe(true);
  expect(mayRecreate(held, alice.account, unnamed)).toBe(false);
  const tied = {
    ...handedOver,
    founding: 5,
    gate: new Uint8Array(32).fill(8),
    previous: { groupId: otherId, epoch: 12 },
  };
  expect(mayRecreate(held, alice.account, tied)).toBe(false);
  expect(mayRecreate(held, carol.account, { ...handedOver, previous: { groupId, epoch: 10 } })).toBe(false);
});

test("[GR85] an admin who re-creates makes no owner beside the one who stays, whatever the founding comes after", () => {
  const [owner, admin] = [alice.account, bob.account];
  const both = {
    ...next,
    roles: [
      { account: owner, role: "owner" as const },
      { account: admin, role: "owner" as const },
    ],
  };
  const later = { ...both, previous: { groupId: otherId, epoch: 1 }, founding: 7 };
  expect([both, later].map((one) => mayRecreate(held, admin, one))).toEqual([false, false]);
  // An owner may, as by a commit; and two who were stay so.
  expect(mayRecreate(held, owner, later)).toBe(true);
  expect(mayRecreate({ ...held, state: { ...held.state, roles: both.roles } }, admin, later)).toBe(true);
});

test("[GR10] an admin who has left cannot re-create the group", () => {
  expect(mayRecreate({ ...held, accounts: [alice.account, carol.account] }, bob.account, next)).toBe(false);
});

test("[GR10] the founding goes up by at most a thousand; of two with one number the lower gate wins", () => {
  expect(mayRecreate(held, alice.account, { ...next, founding: 5 + foundingLeapMax })).toBe(true);
  expect(mayRecreate(held, alice.account, { ...next, founding: 6 + foundingLeapMax })).toBe(false);
  expect(mayRecreate(held, alice.account, { ...next, founding: 4 })).toBe(false);
  const lower = { ...next, founding: 5, gate: new Uint8Array(32).fill(8) };
  expect(mayRecreate(held, alice.account, lower)).toBe(true);
  expect(mayRecreate(held, alice.account, { ...lower, gate })).toBe(false);
  expect(mayRecreate(held, alice.account, held.state)).toBe(false);
  expect(comesAfter(held.state, lower)).not.toBe(comesAfter(lower, held.state));
});

test("[GR76] who missed several leaps follows an admin up to what the day allows, and the owner up to the next day's, from which there is always a next one", () => {
  const day = 20_000;
  const to = (by: typeof alice, founding: number, from = 5) =>
    mayRecreateAt(
      { ...held, state: { ...held.state, founding: from } },
      by.account,
      { ...next, founding },
      day * 86_400_000,
    );
  const most = day * 65_536;
  expect([to(bob, most), to(bob, most + 1), to(bob, most + 1, most), to(bob, most + 2, most)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  const ofNextDay = most + 65_536;
  expect([to(alice, most + 1, most), to(alice, ofNextDay), to(alice, ofNextDay + 1)]).toEqual([true, true, false]);
  expect(to(alice, ofNextDay + foundingLeapMax, ofNextDay)).toBe(true);
});

test("[GR10] another conversation or another kind takes nothing over", () => {
  expect(mayRecreate(held, alice.account, { ...next, conversation: new Uint8Array(32) })).toBe(false);
  expect(mayRecreate(held, alice.account, { ...next, kind: "direct", roles: [] })).toBe(false);
});

test("[GR10] in a 1:1 either side re-creates", () => {
  const state = directState(alice, bob);
  const direct = { ...held, state, accounts: [alice.account, bob.account] };
  for (const founder of [alice, bob])
    expect(mayRecreate(direct, founder.account, { ...state, founding: 1 })).toBe(true);
  expect(mayRecreate(direct, carol.account, { ...state, founding: 1 })).toBe(false);
});
