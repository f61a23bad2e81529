/** An own post that did not go out by itself is sent again, to those for whom it was (WE117). */
import { readMomentPuts, setMoment } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex } from "../../feature.ts";
import { deskOf } from "./desk.ts";
import { refsOf } from "./jobs.ts";
import { addPostPuts, ownPost } from "./own.ts";
import { tryRefusedAgain } from "./round.ts";
import { accountsIn } from "./values.ts";
import { bodyOf } from "./views.ts";

/**
 * Resolves when it waits to go once more; one that waits already is only tried at once.
 * @throws ClientError `unknown-message`, or `source-gone` where a file of it is not on this device whole
 */
export async function sendAgain(context: FeatureContext, hex: Hex): Promise<void> {
  const { db, files } = context;
  const row = ownPost(context, hex);
  const body = bodyOf(row);
  if (body === undefined) throw new ClientError("unknown-message");
  const isWaiting = readMomentPuts(db).some(({ kind, about }) => kind === "post" && equalBytes(about, row.id));
  if (row.state === "failed" || isWaiting) files.sendAgain(refsOf(body));
  if (row.state === "failed") {
    db.transaction(() => {
      setMoment(db, row.id, { state: "sending" });
      addPostPuts(context, row, accountsIn(row.told ?? new Uint8Array()));
    });
    context.changed("moments");
  }
  tryRefusedAgain(db);
  deskOf(context).wake();
}
