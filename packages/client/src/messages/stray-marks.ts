/**
 * Stray marks: what no feature would write on a message, in a store from before each mark was looked at
 * (docs/spec/vault.md VA37).
 */
import { isMark } from "@yanshu/content";
import { countDiagnostic, deleteMark, type PlacedMark, readMarksAfter, readMeta, writeMeta } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";

const pageRows = 512;

/**
 * Once for a store, when the client starts: such a mark would keep its message from being shown. It goes, and is
 * counted.
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
