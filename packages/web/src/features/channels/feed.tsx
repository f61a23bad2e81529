/** The feed of Channels: Following, Friends ♥ and For You. Each ends; nothing goes on by itself. */

import { signal } from "@preact/signals";
import type { ChannelsTab } from "@yanshu/client";
import { CircleUserRound, Coffee, Plus, Search, Sprout } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { BackButton } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { back } from "../../shell/router.ts";
import { api, useView } from "../../shell/session.ts";
import { Closed } from "./closed.tsx";
import { fetchHeadsOf, fetchWhole, onFilms } from "./film-url.ts";
import { spots } from "./spots.ts";
import { Stage } from "./stage.tsx";
import { useChannelsShown } from "./use-shown.ts";
import { tellWatched } from "./use-watch.ts";
import "./channels.css";

const tabs = ["following", "friends", "for-you"] as const;
const tabWords = { following: "ch.following", friends: "ch.friends", "for-you": "ch.forYou" } as const;
const step = 24;

/** The tab that was chosen last, until the app is closed. */
const chosen = signal<ChannelsTab>("for-you");

export function Feed() {
  const tab = chosen.value;
  const [turn, setTurn] = useState(0);
  useChannelsShown();
  return (
    <section class="screen ch-screen" data-testid="channels">
      <h1 class="sr">{t("ch.title")}</h1>
      <header class="ch-top">
        <BackButton />
        <div class="ch-tabs" role="tablist" aria-label={t("ch.title")}>
          {tabs.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={one === tab}
              class={one === tab ? "on" : ""}
              data-testid={`tab-${one}`}
              onClick={() => {
                if (one === tab) void anew(one).then(() => setTurn(turn + 1));
                chosen.value = one;
              }}
            >
              {t(tabWords[one])}
            </button>
          ))}
        </div>
        <Link to={spots.search} class="ib" aria-label={t("ch.search")} data-testid="to-channel-search">
          <Icon of={Search} />
        </Link>
        <Link to={spots.mine} class="ib" aria-label={t("ch.mine")} data-testid="to-channel-mine">
          <Icon of={CircleUserRound} />
        </Link>
      </header>
      <TabFeed key={tab} tab={tab} turn={turn} />
    </section>
  );
}

/** The tab that is open was tapped again: what is new is fetched, and For You begins with the newest page. */
async function anew(tab: ChannelsTab): Promise<void> {
  try {
    await api.lookAtChannels();
    if (tab !== "for-you") return;
    await tellWatched();
    await api.firstPage();
  } catch {
    // Home is away: what is here stays.
  }
}

/** @param turn counts how often a tab without pages was begun anew; a page of For You counts by itself. */
function TabFeed({ tab, turn }: { readonly tab: ChannelsTab; readonly turn: number }) {
  const [limit, setLimit] = useState(step);
  const feed = useView("channelsFeed", { tab, limit });
  const pack = feed?.page?.pack;
  useEffect(() => {
    if (pack === undefined) return undefined;
    // The page that home serves must be the one that this device computes: the client says if it is not.
    const end = onFilms((said) => {
      if (said.kind === "film-heads-read") void api.checkHeads(said.pack, said.films).catch(() => undefined);
    });
    fetchHeadsOf(pack);
    return end;
  }, [pack]);
  const whole = feed?.whole;
  const isRead = feed !== undefined;
  useEffect(() => {
    if (isRead) fetchWhole(whole ?? []);
  }, [isRead, whole?.map(({ hash }) => hash).join()]);
  if (feed === undefined) return <div class="ch-empty" aria-busy="true" />;
  if (feed.closed !== undefined) return <Closed why={feed.closed} />;
  const isAllSeen = feed.page !== undefined && feed.page.all.length > 0;
  return (
    <>
      {feed.hasAlarm && (
        <p class="ch-alarm" role="alert" data-testid="channels-alarm">
          <Link to={spots.log}>{t("ch.alarm")}</Link>
        </p>
      )}
      {feed.films.length > 0 ? (
        <Stage
          key={feed.page?.turn ?? `anew ${turn}`}
          films={feed.films}
          label={t(tabWords[tab])}
          showsWhy={tab !== "following"}
          end={<End tab={tab} hasNext={feed.page?.hasNext === true} count={feed.films.length} />}
          onNearEnd={() => {
            if (feed.hasMore && tab !== "for-you") setLimit(limit + step);
          }}
        />
      ) : isAllSeen ? (
        <AllSeen />
      ) : (
        <Empty tab={tab} isLooking={feed.isLooking && feed.lookedMs === 0} />
      )}
    </>
  );
}

/** What was watched before does not come back by itself. */
function AllSeen() {
  return (
    <div class="ch-empty surface" data-testid="channels-empty">
      <Rest />
      <h2>{t("ch.allSeen")}</h2>
      <p>{t("ch.allSeenForYou")}</p>
      <Link to={spots.publish} class="btn soft">
        <Icon of={Plus} size="s" />
        {t("ch.first")}
      </Link>
    </div>
  );
}

function Rest() {
  return (
    <span class="ch-empty-icon" aria-hidden="true">
      <Icon of={Coffee} />
    </span>
  );
}

/** The page has been seen. */
function End({
  tab,
  hasNext,
  count,
}: {
  readonly tab: ChannelsTab;
  readonly hasNext: boolean;
  readonly count: number;
}) {
  const followed = useView("channelsFollowed")?.length ?? 0;
  if (tab !== "for-you")
    return (
      <div class="ch-over" data-testid="feed-end">
        <Rest />
        <h2>{t("ch.allSeen")}</h2>
        <p>{tab === "following" ? t("ch.allSeenNote", { n: followed }) : t("ch.allSeenFriends")}</p>
        <Other tab={tab} />
      </div>
    );
  return (
    <div class="ch-over" data-testid="feed-end">
      <Rest />
      <h2>{t("ch.pageEnd")}</h2>
      <p>{t("ch.pageEndNote", { n: count })}</p>
      <button
        type="button"
        class="btn soft"
        data-testid="feed-more"
        onClick={() => void (hasNext ? api.nextPage() : api.firstPage()).catch(() => undefined)}
      >
        {t(hasNext ? "ch.oneMore" : "ch.again")}
      </button>
      <button type="button" class="btn plain" data-testid="feed-enough" onClick={back}>
        {t("ch.enough")}
      </button>
    </div>
  );
}

function Other({ tab }: { readonly tab: ChannelsTab }) {
  const to: ChannelsTab = tab === "following" ? "friends" : "for-you";
  return (
    <button
      type="button"
      class="btn soft"
      data-testid="feed-other"
      onClick={() => {
        chosen.value = to;
      }}
    >
      {t(to === "friends" ? "ch.toFriends" : "ch.toForYou")}
    </button>
  );
}

function Empty({ tab, isLooking }: { readonly tab: ChannelsTab; readonly isLooking: boolean }) {
  const title = { following: "ch.noneFollowed", friends: "ch.noneFriends", "for-you": "ch.none" } as const;
  const note = { following: "ch.noneFollowedNote", friends: "ch.noneFriendsNote", "for-you": "ch.noneNote" } as const;
  return (
    <div class="ch-empty surface" data-testid="channels-empty" aria-busy={isLooking}>
      {!isLooking && (
        <span class="ch-empty-icon" aria-hidden="true">
          <Icon of={Sprout} />
        </span>
      )}
      <h2>{t(isLooking ? "ch.looking" : title[tab])}</h2>
      {!isLooking && <p>{t(note[tab])}</p>}
      {tab !== "for-you" && <Other tab={tab} />}
      {tab === "for-you" && !isLooking && (
        <Link to={spots.publish} class="btn soft" data-testid="channels-first">
          <Icon of={Plus} size="s" />
          {t("ch.first")}
        </Link>
      )}
    </div>
  );
}
