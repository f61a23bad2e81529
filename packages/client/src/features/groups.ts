/**
 * Groups (docs/spec/groups.md GR16, GR20, GR28, GR32): created with contacts; members, name, roles, history for new
 * members; left, and dissolved. Each member's device checks every change again, by the group's policy.
 */
import { readMembers, readStrayed } from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  chosenName,
  clientFeature,
  type GroupChange,
  type GroupPlace,
  type Hex,
  type NewcomersSee,
} from "../feature.ts";

const groupPictureBytesMax = 6 * 1024;

/** Each rejects with `unknown-conversation`, and with `not-allowed` if this person may not do it. */
type GroupsApi = {
  /** `newcomersSee`: absent means nothing. Rejects with `bad-name`, `empty`, `too-long`, `unknown-contact`. */
  readonly createGroup: (args: { name: string; accounts: readonly Hex[]; newcomersSee?: NewcomersSee }) => Promise<Hex>;
  readonly addMembers: (conversation: Hex, accounts: readonly Hex[]) => Promise<void>;
  readonly removeMember: (conversation: Hex, account: Hex) => Promise<void>;
  /** `successor` becomes the owner first. An owner must name one if no admin stays, or it rejects with `last-admin`. */
  readonly leaveGroup: (conversation: Hex, successor?: Hex) => Promise<void>;
  readonly renameGroup: (conversation: Hex, name: string) => Promise<void>;
  readonly setGroupPicture: (conversation: Hex, picture: Bytes | undefined) => Promise<void>;
  readonly setRole: (conversation: Hex, account: Hex, role: "owner" | "admin" | "member") => Promise<void>;
  /** For owner and admins; applies to members who join from then on. */
  readonly setNewcomersSee: (conversation: Hex, choice: NewcomersSee) => Promise<void>;
  /** For the owner: removes everybody; messages stay on their devices. */
  readonly dissolveGroup: (conversation: Hex) => Promise<void>;
};

export const groups = clientFeature({
  api: ({ db, own, found, placeIn, contactsIn, staying, leaveGroup, changeGroup, sendSoon }): GroupsApi => {
    function ask({ conversation }: GroupPlace, ...changes: readonly GroupChange[]): void {
      db.transaction(() => {
        for (const change of changes) changeGroup(conversation, change);
      });
      sendSoon(conversation);
    }

    function memberIn({ conversation }: GroupPlace, account: Hex) {
      const member = readMembers(db, conversation).find((one) => toHex(one.account) === account);
      if (member === undefined) throw new ClientError("unknown-contact");
      return member;
    }

    /** @throws ClientError `not-allowed` if only owner and admins may edit. */
    function editing(hex: Hex): GroupPlace {
      const place = placeIn(hex);
      if (place.adminsEdit && place.role === "member") throw new ClientError("not-allowed");
      return place;
    }

    return {
      async createGroup({ name, accounts, newcomersSee }) {
        return found("group", name, accounts, newcomersSee);
      },

      async addMembers(hex, accounts) {
        const place = placeIn(hex);
        if (place.adminsAdd && place.role === "member") throw new ClientError("not-allowed");
        ask(place, ...contactsIn(accounts).map((account): GroupChange => ({ kind: "add", account })));
      },

      async removeMember(hex, account) {
        const place = placeIn(hex);
        // Who strayed stands in no list, and is sent away like a member (GR60).
        const stray = readStrayed(db, place.conversation).find((one) => toHex(one) === account);
        const target = stray === undefined ? memberIn(place, account) : { account: stray, role: "member" };
        if (place.role === "member" || target.role === "owner") throw new ClientError("not-allowed");
        ask(place, { kind: "remove", account: target.account });
      },

      async leaveGroup(hex, wanted) {
        const { conversation, role } = placeIn(hex);
        const others = readMembers(db, conversation).filter(({ account }) => !equalBytes(account, own()));
        const named = wanted === undefined ? undefined : others.find(({ account }) => toHex(account) === wanted);
        if (wanted !== undefined && named === undefined) throw new ClientError("unknown-contact");
        if (named !== undefined && role !== "owner") throw new ClientError("not-allowed");
        // A member who stays must be able to remove this account, and to govern the group (GR20.4).
        const stay = staying(conversation);
        const leading = stay.filter((member) => member.role !== "member");
        if (named === undefined && role !== "member" && stay.length > 0 && leading.length === 0)
          throw new ClientError("last-admin");
        // Only an owner can remove an owner: a sole owner first hands the group to an admin.
        leaveGroup(conversation, named ?? leading.find((member) => member.role === "owner") ?? leading[0]);
      },

      async renameGroup(hex, name) {
        ask(editing(hex), { kind: "name", name: chosenName(name, false) });
      },

      async setGroupPicture(hex, picture) {
        const place = editing(hex);
        if (picture !== undefined && picture.length > groupPictureBytesMax) throw new ClientError("bad-picture");
        ask(place, { kind: "picture", picture: picture ?? null });
      },

      async setRole(hex, account, role) {
        const place = placeIn(hex);
        if (place.role !== "owner") throw new ClientError("not-allowed");
        ask(place, { kind: "role", account: memberIn(place, account).account, role });
      },

      async setNewcomersSee(hex, choice) {
        const place = placeIn(hex);
        if (place.role === "member") throw new ClientError("not-allowed");
        ask(place, { kind: "history", choice });
      },

      async dissolveGroup(hex) {
        const place = placeIn(hex);
        if (place.role !== "owner") throw new ClientError("not-allowed");
        ask(place, { kind: "dissolve" });
      },
    };
  },
});
