/**
 * Since when home has not answered (docs/spec/homes.md HM63). Stored, so that a person who opens the app only for
 * minutes is asked too.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { pack } from "../cbor.ts";
import type { LinkState } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";

/** Call `look` whenever the state of the link may have changed. */
export type AwayWatch = { readonly look: () => void };

/** @param wake visits the second home, once each time that home stops answering; further visits have their own pace. */
export function watchAway({ db, ports, link }: Engine, wake: () => void): AwayWatch {
  let before: LinkState | undefined;
  return {
    look: () => {
      const now = link.state();
      if (now === before) return;
      before = now;
      const stored = readMeta(db, "home-away");
      if (now === "online" && stored !== undefined) db.transaction(() => deleteMeta(db, "home-away"));
      if (now !== "unreachable") return;
      if (stored === undefined) db.transaction(() => writeMeta(db, "home-away", pack(ports.nowMs())));
      wake(); // Home may be gone (HM52).
    },
  };
}
