/**
 * Away: since when home does not answer (docs/spec/homes.md HM63). It stands in the store, so that who opens the app
 * for minutes at a time is asked too.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { pack } from "../cbor.ts";
import type { LinkState } from "../connection/link.ts";
import type { Engine } from "../core/engine.ts";

/** To be called whenever the link may be in another state than before. */
export type AwayWatch = { readonly look: () => void };

/**
 * @param wake the reserve is looked at: once each time that home stops answering, for further tries have their pace.
 */
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
