/** The tray: programs that were opened on this device, those with a star first; found by their names and pinyin. */
import { Blocks, Star } from "lucide";
import { useState } from "preact/hooks";
import { matchesName } from "../../kit/pinyin.ts";
import { useReader } from "../../kit/use-reader.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { useWantsFrame } from "./warm.ts";
import "./programs.css";

const opening = () => import("./open.tsx");

export function Tray({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState("");
  useWantsFrame(opening);
  const reader = useReader();
  const all = useView("programs") ?? [];
  const found = query.trim() === "" ? all : all.filter(({ name }) => matchesName([name], query, reader));
  const open = (id: string, name: string) => {
    onClose();
    void opening().then(({ openKept }) => openKept(id, name));
  };
  return (
    <Sheet title={t("program.title")} testId="program-tray" onClose={onClose}>
      <h2 class="sheet-title">{t("program.title")}</h2>
      {all.length > 0 && (
        <input
          class="field-box program-field"
          type="search"
          aria-label={t("program.search")}
          placeholder={t("program.search")}
          data-testid="program-search"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {found.length === 0 && <p class="program-words">{t(all.length === 0 ? "program.none" : "program.notFound")}</p>}
      <ul class="program-grid">
        {found.map(({ id, name, isStarred }) => (
          <li key={id}>
            <button type="button" data-testid="program-kept" onClick={() => open(id, name)}>
              <span class="program-icon" aria-hidden="true">
                <Icon of={isStarred ? Star : Blocks} />
              </span>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
