/**
 * Programs in the search that pulling the list of chats opens (docs/spec/programs.md PR13): those at hand while nothing
 * is asked for, and those that match what is.
 */
import { Blocks, ChevronRight, Star } from "lucide";
import { useEffect } from "preact/hooks";
import { putUp } from "../../kit/over.tsx";
import { matchesName } from "../../kit/pinyin.ts";
import { languageOf } from "../../kit/text.ts";
import { useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Lazy } from "../../shell/lazy.ts";
import { useView } from "../../shell/session.ts";
import { tray } from "./tray-loader.ts";
import "./programs.css";

/** Two rows on a phone. */
const atHand = 8;

type PulledProps = { readonly query: string; readonly onFound: (query: string, count: number) => void };

export function Pulled({ query, onFound }: PulledProps) {
  const reader = useReader();
  const all = useView("programs");
  const isAsked = query !== "";
  const found = all?.filter(({ name }) => !isAsked || matchesName([name], query, reader));
  const count = found?.length;
  useEffect(() => {
    if (count !== undefined) onFound(query, count);
  }, [query, count]);
  if (found === undefined || found.length === 0) return null;
  const open = (id: string, name: string) => void import("./open.tsx").then(({ openKept }) => openKept(id, name));
  return (
    <section class="surface" data-testid="pulled-programs">
      <h2 class="sec">{t("program.title")}</h2>
      <ul class="program-grid">
        {found.slice(0, atHand).map(({ id, name, isStarred }) => (
          <li key={id}>
            <button type="button" data-testid="pulled-program" onClick={() => open(id, name)}>
              <span class="program-icon" aria-hidden="true">
                <Icon of={isStarred ? Star : Blocks} />
              </span>
              <span lang={languageOf(name, locale.value)}>{name}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length > atHand && (
        <button
          type="button"
          class="more"
          data-testid="pulled-more"
          onClick={() => putUp((close) => <Lazy of={tray} onClose={close} />)}
        >
          {t("search.more")}
          <Icon of={ChevronRight} size="s" />
        </button>
      )}
    </section>
  );
}
