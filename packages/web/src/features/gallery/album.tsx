/** All pictures and video of a chat, the newest month first. */

import { Tiles } from "../../kit/search/tiles.tsx";
import { useSearch } from "../../kit/search/use-search.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import "../../kit/search/search.css";

export function Album({ id }: { id: string }) {
  const found = useSearch("", { conversation: id, kind: "media" }, true);
  return (
    <section class="screen" data-testid="album">
      <TopBar title={t("gallery.album")} />
      <div class="scroll">
        {found.answers !== undefined && found.hits.length === 0 && (
          <Nothing title={t("gallery.noPhotos")} note={t("gallery.noPhotosNote")} />
        )}
        <Tiles hits={found.hits} />
        {found.hasMore && (
          <button type="button" class="more" data-testid="search-more" onClick={found.more}>
            {t("search.more")}
          </button>
        )}
      </div>
    </section>
  );
}
