/**
 * Privacy (docs/spec/identity.md ID27): who may contact this person; synced to own devices, and the server learns which
 * requests to refuse.
 */
import type { UnixMs } from "@yanshu/wire";
import { clientFeature, type Privacy } from "../feature.ts";
import { notePrivacy, readPrivacy } from "../values/privacy.ts";

type PrivacyApi = {
  /** Absent fields stay. Applies to all own devices. */
  readonly setPrivacy: (change: Partial<Privacy>) => Promise<void>;
};

/** For own devices: what is not so is not said, where a version may not know it. */
const said = ({ relaysCalls, ...held }: ReturnType<typeof readPrivacy>) =>
  ({ kind: "privacy", ...held, ...(relaysCalls && { relaysCalls }) }) as const;

export const privacy = clientFeature({
  kinds: ["privacy"],

  me: ({ database }) => {
    const { stampMs: _, ...held } = readPrivacy(database);
    return { privacy: held };
  },

  synced: {
    privacy: {
      size: "account",
      isInRecord: true,
      all: ({ db }) => {
        const held = readPrivacy(db);
        return held.stampMs === 0 ? [] : [said(held)];
      },
      // What this device told the server when it signed in may have been an older word.
      take: ({ db, tellReach }, item) => {
        if (notePrivacy(db, { relaysCalls: false, ...item, stampMs: item.stampMs as UnixMs })) void tellReach();
      },
    },
  },

  api: ({ db, nowMs, changed, sendSoon, tellOwnDevices, tellReach }): PrivacyApi => ({
    async setPrivacy(change) {
      db.transaction(() => {
        const held = readPrivacy(db);
        const next = { ...held, ...change, stampMs: Math.max(nowMs(), held.stampMs + 1) as UnixMs };
        notePrivacy(db, next);
        tellOwnDevices([said(next)]);
      });
      changed("status");
      sendSoon();
      void tellReach(); // Repeated at each sign-in until it succeeds.
    },
  }),
});
