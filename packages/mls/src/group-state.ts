/**
 * Group state: deterministic CBOR in a GroupContext extension, equal for all members (docs/spec/groups.md GR2). One
 * state has one encoding, so that it can be compared and hashed.
 */
import {
  type AccountId,
  type Bytes,
  blob,
  bool,
  type Capability,
  type ConversationId,
  compareBytes,
  decodeAs,
  encodeAs,
  equalBytes,
  extensions,
  fixed,
  type GateId,
  idBytes,
  limits,
  list,
  MalformedError,
  oneOf,
  type Schema,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import type { GroupState, Role } from "./types.ts";

/** The version of the rules that this code knows. It refuses a group with a newer version (GR2.5). */
export const policyVersion = 1;

export const groupStateLimits = {
  bytesMax: 8_192,
  nameMax: 200,
  avatarBytesMax: 6_144,
  announcementMax: 2_000,
  rolesMax: 64,
  groupIdBytesMax: 64,
  kindMax: 32,
  /** The highest count of joins by one link. */
  usesMax: 1_000,
} as const;

/** A flag that is `true` or absent, never `false`, because one state has one encoding (GR2.4a). */
const present: Schema<true> = {
  check: (value, path) => {
    // @checks GR2
    if (value !== true) throw new MalformedError(`${path}: not true`);
    return true;
  },
};

const link = struct(
  { secret: fixed(idBytes.token), token: fixed<Capability>(idBytes.capability), expiresMs: uint() },
  { left: uint(groupStateLimits.usesMax) },
);

const schema: Schema<GroupState> = struct(
  {
    policyVersion: uint(),
    conversation: fixed<ConversationId>(idBytes.conversation),
    kind: text(groupStateLimits.kindMax),
    founding: uint(),
    gate: fixed<GateId>(idBytes.gate),
    gateServer: text(limits.domainBytesMax),
    name: text(groupStateLimits.nameMax),
    roles: list(
      struct({ account: fixed<AccountId>(idBytes.account), role: oneOf("owner", "admin") }),
      groupStateLimits.rolesMax,
    ),
    announcement: text(groupStateLimits.announcementMax),
    settings: struct(
      { adminsOnlyAdd: bool, adminsOnlyEdit: bool },
      { approval: present, history: oneOf("week", "all") },
    ),
  },
  {
    previous: struct({ groupId: blob(groupStateLimits.groupIdBytesMax), epoch: uint() }),
    avatar: blob(groupStateLimits.avatarBytesMax),
    link,
    dissolved: present,
    more: extensions,
  },
) as unknown as Schema<GroupState>;

const anything: Schema<unknown> = { check: (value) => value };

/** @throws MalformedError when the state is invalid or longer than 8,192 bytes @checks GR2 */
export function encodeGroupState(state: GroupState, kinds: KindTable = knownKinds): Bytes {
  const bytes = encodeAs(schema, valid(state, kinds));
  if (bytes.length > groupStateLimits.bytesMax) throw new MalformedError(`over ${groupStateLimits.bytesMax} bytes`);
  return bytes;
}

/** @throws MalformedError, also when the state is of a policy version that this code does not know */
export function decodeGroupState(bytes: Bytes, kinds: KindTable = knownKinds): GroupState {
  return valid(decodeAs(schema, bytes, groupStateLimits.bytesMax), kinds);
}

/** Like `decodeGroupState`, but returns "policy-version" for a state that a newer version may be able to read. */
export function readGroupState(
  bytes: Bytes,
  kinds: KindTable = knownKinds,
): GroupState | "malformed" | "policy-version" {
  try {
    const state = decodeAs(schema, bytes, groupStateLimits.bytesMax);
    if (state.policyVersion === policyVersion && kinds.of(state.kind) === undefined) return "policy-version";
    return valid(state, kinds);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return isNewer(bytes) ? "policy-version" : "malformed";
  }
}

function isNewer(bytes: Bytes): boolean {
  try {
    const value = decodeAs(anything, bytes, groupStateLimits.bytesMax);
    const version = typeof value === "object" && value !== null && "policyVersion" in value && value.policyVersion;
    return typeof version === "number" && Number.isSafeInteger(version) && version > policyVersion;
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}

/** Returns the same state. @throws MalformedError @checks GR2 */
function valid(state: GroupState, kinds: KindTable): GroupState {
  const problem = problemOf(state, kinds);
  if (problem !== undefined) throw new MalformedError(problem);
  return state;
}

/** @checks GR2 */
function problemOf(state: GroupState, kinds: KindTable): string | undefined {
  if (state.policyVersion !== policyVersion) return "not a known policy version";
  for (const [i, { account }] of state.roles.entries()) {
    const before = state.roles[i - 1];
    if (before !== undefined && compareBytes(before.account, account) >= 0) return "roles are not sorted by account";
  }
  const rules = kinds.of(state.kind);
  if (rules === undefined) return "not a known kind of conversation";
  const ofJoined = [state.link, state.settings.approval, state.settings.history];
  if (!rules.isJoined && ofJoined.some((one) => one !== undefined)) return "nobody asks to come into this kind";
  if (!rules.isLed && state.dissolved !== undefined) return "nobody dissolves this kind";
  if (!rules.isLed) return state.roles.length > 0 ? "this kind has no roles" : undefined;
  return state.roles.some(({ role }) => role === "owner") ? undefined : "what is led needs an owner";
}

/** Returns undefined for an account without a role. */
export function roleOf(state: GroupState, account: AccountId): Role | undefined {
  return state.roles.find((entry) => equalBytes(entry.account, account))?.role;
}
