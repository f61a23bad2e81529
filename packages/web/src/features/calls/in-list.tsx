/** A call that one missed says so in the list of chats, in red (CA262 in README.md). */
import { PhoneMissed } from "lucide";
import type { InList } from "../../feature.ts";
import { Icon } from "../../shell/icon.tsx";

type Row = Parameters<NonNullable<InList["instead"]>>[0];

/** What one began to write stands before it. */
const isMissed = ({ preview, draft }: Row, isHere: boolean) =>
  preview.kind === "call" && preview.listed === "missed" && (draft === "" || isHere);

export const inList: InList = {
  marks: {
    front: (row, isHere) =>
      isMissed(row, isHere) && (
        <span class="draft missed-mark" data-testid="missed-call">
          <Icon of={PhoneMissed} size="xs" />
        </span>
      ),
  },
  instead: (row, isHere) => (isMissed(row, isHere) ? { mark: "call.missed", text: "" } : undefined),
};
