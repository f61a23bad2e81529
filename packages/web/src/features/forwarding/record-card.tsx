/** A record in its bubble: whose it is and how it begins; a tap opens it. */
import type { BubbleProps } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { lazily } from "../../shell/lazy.ts";
import { RecordFace } from "./record-face.tsx";
import "./forwarding.css";

const recordSheet = lazily(() => import("./record-sheet.tsx").then((m) => m.RecordSheet));

export function RecordCard({ chat, item, body }: BubbleProps<"record">) {
  return (
    <button
      type="button"
      class="card record"
      data-testid="record"
      onClick={() => {
        openSheet(recordSheet, { chat, item });
      }}
    >
      <RecordFace body={body} />
    </button>
  );
}
