/**
 * Faces: in elder mode the chats begin with the people one writes to most, as big as a thumb. Who cannot read well
 * finds them by sight.
 */
import type { ChatRow } from "@yanshu/client";
import { languageOf } from "../kit/text.ts";
import { titleOf } from "../kit/title.ts";
import { locale, t } from "../locales/i18n.ts";
import { Mosaic } from "../shell/avatar.tsx";
import { Link } from "../shell/link.tsx";
import { Badge } from "../shell/navigation.tsx";
import "./faces.css";

const facesMax = 6;
/** One face alone is the first row once more. */
const facesMin = 2;

export function Faces({ often, rows }: { often: readonly string[]; rows: readonly ChatRow[] }) {
  const byId = new Map(rows.map((row) => [row.conversation, row]));
  const shown = often.flatMap((id) => byId.get(id) ?? []).slice(0, facesMax);
  if (shown.length < facesMin) return null;
  return (
    <ul class="faces" aria-label={t("faces.label")} data-testid="faces">
      {shown.map((row) => (
        <li key={row.conversation}>
          <Link
            to={{ name: "chat", id: row.conversation }}
            class="big-face"
            data-testid="face"
            data-conversation={row.conversation}
          >
            <span class="avw">
              <Mosaic faces={row.faces} size="xl" />
              <Badge count={row.isMuted ? 0 : row.unread} words="unread.count" />
            </span>
            <span class="face-name" lang={languageOf(row.title, locale.value)}>
              {titleOf(row)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
