/** Whether what waits is to wait for another day, as screens see it (docs/spec/moments.md MO72). */
import type { Database } from "@yanshu/store";
import type { FeatureContext } from "../../feature.ts";

const servers = new WeakMap<Database, FeatureContext["server"]>();

export function noteServer({ db, server }: Pick<FeatureContext, "db" | "server">): void {
  servers.set(db, server);
}

/** Home gives this account no more upload tokens today. */
export function areTokensSpent(db: Database): boolean {
  return servers.get(db)?.areTokensSpent() ?? false;
}
