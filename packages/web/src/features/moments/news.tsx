/** News of Moments for this person: likes, comments and mentions. Opening the page marks them as seen. */
import type { MomentsNewsItem } from "@yanshu/client";
import { Heart } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, useView } from "../../shell/session.ts";
import { VirtualRows } from "../../shell/virtual-rows.tsx";
import { Picture } from "./pictures.tsx";
import { tongueOf, When } from "./words-of.tsx";
import "./moments.css";

export function News() {
  const news = useView("momentsNews");
  // News that were new when the page was opened stay marked while it is open.
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const count = news?.count ?? 0;
  useEffect(() => {
    if (news === undefined || count === 0) return;
    setFresh((known) => new Set([...known, ...news.items.filter(({ isNew }) => isNew).map(({ id }) => id)]));
    void api.seeMomentsNews();
  }, [count]);
  const items = news?.items ?? [];
  const isFresh = (item: MomentsNewsItem) => item.isNew || fresh.has(item.id);
  const [unread, seen] = [items.filter(isFresh), items.filter((item) => !isFresh(item))];
  return (
    <section class="screen surface mo-screen" data-testid="moments-news-page">
      <TopBar title={t("moments.news")} />
      <div class="stretch">
        {news !== undefined && items.length === 0 ? (
          <Nothing title={t("moments.newsEmpty")} />
        ) : (
          <VirtualRows label={t("moments.news")} keep="moments news">
            {unread.map((item) => (
              <Item key={item.id} item={item} isFresh />
            ))}
            {unread.length > 0 && seen.length > 0 ? (
              <h2 key="seen" class="sec">
                {t("moments.newsSeen")}
              </h2>
            ) : null}
            {seen.map((item) => (
              <Item key={item.id} item={item} isFresh={false} />
            ))}
          </VirtualRows>
        )}
      </div>
    </section>
  );
}

function Item({ item, isFresh }: { readonly item: MomentsNewsItem; readonly isFresh: boolean }) {
  const { kind, by, text, of } = item;
  const inside = (
    <>
      <Avatar face={by.face} size="sm" />
      <span class="body">
        <b class="mo-post-name" lang={tongueOf(by.name)}>
          {by.name}
        </b>
        <span class="mo-news-words" lang={tongueOf(text)}>
          {kind === "like" || kind === "status-like" ? (
            <>
              <Icon of={Heart} size="s" solid />
              <span class={elder.value ? "" : "sr"}>
                {t(kind === "like" ? "moments.news.like" : "moments.news.statusLike")}
              </span>
            </>
          ) : kind === "mention" ? (
            t("moments.news.mention")
          ) : (
            text
          )}
        </span>
        <small>
          <When atMs={item.atMs} />
        </small>
      </span>
      <span class="mo-thumb" aria-hidden="true">
        {of.picture === undefined ? <span lang={tongueOf(of.text)}>{of.text}</span> : <Picture picture={of.picture} />}
      </span>
    </>
  );
  const look = { class: `row mo-news ${isFresh ? "fresh" : ""}`, "data-testid": "moments-news-item" };
  return (
    <Link to={kind === "status-like" ? { name: "status" } : { name: "moment", id: item.post }} {...look}>
      {inside}
    </Link>
  );
}
