/**
 * Search in one chat: by text, sender, day and kind.
 */
import type { ConversationView, Hex } from "@yanshu/client";
import { useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { Chip, Chips, HitRow, SearchBar } from "../../kit/search/parts.tsx";
import { Tiles } from "../../kit/search/tiles.tsx";
import { useSearch } from "../../kit/search/use-search.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { walk } from "../../shell/virtual-rows.tsx";
import { DayPicker } from "./day-picker.tsx";

type State = {
  readonly query: string;
  readonly author: Hex | undefined;
  readonly kind: "media" | "file" | "link" | undefined;
};
const empty: State = { query: "", author: undefined, kind: undefined };

/** Kept while the app runs, so that going back from a hit returns to the same results. */
let last: { readonly id: Hex; readonly state: State } | undefined;

export function ChatSearch({ id }: { id: Hex }) {
  const view = useView("conversation", id);
  const [state, setState] = useState<State>(last?.id === id ? last.state : empty);
  const [open, setOpen] = useState<"who" | "day" | undefined>(undefined);
  const change = (next: Partial<State>) => {
    const changed = { ...state, ...next };
    last = { id, state: changed };
    setState(changed);
  };
  const { query, author, kind } = state;
  const wanted = query.trim();
  const isAsked = wanted !== "" || author !== undefined || kind !== undefined;
  const found = useSearch(
    wanted,
    {
      conversation: id,
      ...(author === undefined ? {} : { author }),
      ...(kind === undefined ? {} : { kind }),
    },
    isAsked,
  );
  const who = view?.members.find(({ account }) => account === author);
  return (
    <section class="screen search" aria-label={t("search.here")}>
      <SearchBar
        title={t("search.here")}
        label={t("search.here")}
        query={query}
        onQuery={(next) => change({ query: next })}
      />
      <Chips>
        <Chip isOn={kind === undefined} testId="kind-all" onClick={() => change({ kind: undefined })}>
          {t("search.all")}
        </Chip>
        <Chip isOn={kind === "media"} testId="kind-media" onClick={() => change({ kind: "media" })}>
          {t("search.media")}
        </Chip>
        <Chip isOn={kind === "file"} testId="kind-file" onClick={() => change({ kind: "file" })}>
          {t("gallery.files")}
        </Chip>
        <Chip isOn={kind === "link"} testId="kind-link" onClick={() => change({ kind: "link" })}>
          {t("search.links")}
        </Chip>
        <Chip isOn={false} testId="by-day" onClick={() => setOpen("day")}>
          {t("search.date")}
        </Chip>
        <Chip isOn={author !== undefined} testId="by-who" onClick={() => setOpen("who")}>
          {who === undefined ? t("search.who") : t("search.whoIs", { name: personName(who) })}
        </Chip>
      </Chips>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows walk the rows, which are links. */}
      <div class="scroll surface search-results" data-testid="search-results" onKeyDown={walk}>
        {kind === "media" ? (
          <Tiles hits={found.hits} />
        ) : (
          found.hits.map((hit) => <HitRow key={hit.order} hit={hit} query={wanted} isHere />)
        )}
        {found.hasMore && (
          <button type="button" class="more" data-testid="search-more" onClick={found.more}>
            {t("search.more")}
          </button>
        )}
        {isAsked && found.answers === wanted && found.hits.length === 0 && (
          <p class="none" role="status">
            {t("search.none", { q: wanted })}
          </p>
        )}
        <p class="note search-note">{t("search.local")}</p>
      </div>
      {open === "who" && view !== undefined && (
        <Who
          view={view}
          chosen={author}
          onChoose={(account) => change({ author: account })}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === "day" && <DayPicker id={id} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

type WhoProps = {
  readonly view: ConversationView;
  readonly chosen: Hex | undefined;
  readonly onChoose: (account: Hex | undefined) => void;
  readonly onClose: () => void;
};

function Who({ view, chosen, onChoose, onClose }: WhoProps) {
  const choose = (account: Hex | undefined) => () => {
    onChoose(account);
    onClose();
  };
  return (
    <Sheet title={t("search.who")} onClose={onClose}>
      <h2 class="sheet-title">{t("search.who")}</h2>
      <div class="choice who">
        {chosen !== undefined && (
          <button type="button" data-testid="anybody" onClick={choose(undefined)}>
            {t("search.clearWho")}
          </button>
        )}
        {view.members.map((member) => (
          <button
            key={member.account}
            type="button"
            aria-pressed={member.account === chosen}
            data-testid="who"
            onClick={choose(member.account)}
          >
            <Avatar face={member.face} size="sm" />
            <span class="ell" lang={languageOf(member.name, locale.value)}>
              {personName(member)}
            </span>
          </button>
        ))}
      </div>
    </Sheet>
  );
}
