/** All files of a chat, found by name; each leads to the message that brought it. */
import { useState } from "preact/hooks";
import { HitRow, SearchBar } from "../../kit/search/parts.tsx";
import { useSearch } from "../../kit/search/use-search.ts";
import { t } from "../../locales/i18n.ts";
import { Nothing } from "../../shell/nothing.tsx";
import { walk } from "../../shell/virtual-rows.tsx";

export function ChatFiles({ id }: { id: string }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim();
  const found = useSearch(wanted, { conversation: id, kind: "file" }, true);
  return (
    <section class="screen search" aria-label={t("gallery.files")} data-testid="chat-files">
      <SearchBar title={t("gallery.files")} label={t("gallery.findFile")} query={query} onQuery={setQuery} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows walk the rows, which are links. */}
      <div class="scroll surface search-results" onKeyDown={walk}>
        {found.hits.map((hit) => (
          <HitRow key={hit.order} hit={hit} query={wanted} isHere />
        ))}
        {found.hasMore && (
          <button type="button" class="more" data-testid="search-more" onClick={found.more}>
            {t("search.more")}
          </button>
        )}
        {found.answers === wanted && found.hits.length === 0 && wanted !== "" && (
          <p class="none" role="status">
            {t("search.none", { q: wanted })}
          </p>
        )}
        {found.answers === "" && found.hits.length === 0 && wanted === "" && <Nothing title={t("gallery.noFiles")} />}
      </div>
    </section>
  );
}
