/** Stray marks: marks of an invalid shape in a store from before marks were validated (docs/spec/vault.md VA37). */
import { isMark } from "@yanshu/content";
import { countDiagnostic, deleteMark, type PlacedMark, readMarksAfter, readMeta, writeMeta } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";

const pageRows = 512;

/**
 * Deletes and counts them, once for each store, when the client starts: such a mark would keep its message from being
 * shown.
 */
export function dropStrayMarks({ db }: Engine): void {
  if (readMeta(db, "marks-looked-at") !== undefined) return;
  db.transaction(() => {
    let last: PlacedMark | undefined;
    do {
      const page = readMarksAfter(db, last, pageRows);
      for (const mark of page) {
        if (isMark(mark)) continue;
        deleteMark(db, mark);
        countDiagnostic(db, "stray-mark");
      }
      last = page.length === pageRows ? page.at(-1) : undefined;
    } while (last !== undefined);
    writeMeta(db, "marks-looked-at", Uint8Array.of(1));
  });
}
