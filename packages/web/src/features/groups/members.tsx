/**
 * All members of a group from A to Z, with a search by name.
 */
import type { MemberView, StrayView } from "@yanshu/client";
import { Crown, Search, ShieldCheck } from "lucide";
import { useMemo, useRef, useState } from "preact/hooks";
import type { VListHandle } from "virtua";
import { InitialIndex } from "../../kit/initial-index.tsx";
import { groupByInitial, indexInitials, matchesName } from "../../kit/pinyin.ts";
import { languageOf } from "../../kit/text.ts";
import { useInitials, useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { useView } from "../../shell/session.ts";
import { VirtualRows } from "../../shell/virtual-rows.tsx";
import { MemberSheet } from "./member-sheet.tsx";
import { removeMember } from "./remove-member.ts";

export function Members({ id }: { id: string }) {
  const view = useView("conversation", id);
  const [query, setQuery] = useState("");
  const [picked, setPicked] = useState<MemberView | undefined>(undefined);
  const reader = useReader();
  const initials = useInitials();
  const list = useRef<VListHandle | null>(null);
  const groups = useMemo(
    () =>
      groupByInitial(
        (view?.members ?? []).filter(({ name, calledHere }) => matchesName([name, calledHere], query, reader)),
        reader,
        initials,
      ),
    [view, query, reader, initials],
  );
  const strays = (view?.strays ?? []).filter(({ name }) => matchesName([name], query, reader));
  const places = new Map<string, number>();
  let place = 0;
  for (const group of groups) {
    places.set(group.initial, place);
    place += group.rows.length + 1;
  }
  const pick = (member: MemberView) => (member.isMe ? go({ name: "profile" }) : setPicked(member));
  return (
    <section class="screen">
      <TopBar title={view === undefined ? "" : t("group.all", { n: view.members.length })} />
      <div class="surface search-line">
        <label class="field">
          <Icon of={Search} size="s" />
          <input
            type="search"
            aria-label={t("group.findMember")}
            placeholder={t("group.findMember")}
            autocomplete="off"
            data-testid="members-search"
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
      </div>
      <div class="stretch" data-testid="members">
        {view !== undefined && groups.length === 0 && strays.length === 0 ? (
          <p class="none">{t("contacts.none", { q: query.trim() })}</p>
        ) : (
          <VirtualRows
            label={t("group.members")}
            keep={`members ${query === "" ? id : "found"}`}
            handle={(handle) => {
              list.current = handle;
            }}
          >
            {groups
              .flatMap(({ initial, rows }) => [
                <h2 key={`initial ${initial}`} class="sec">
                  {initial}
                </h2>,
                ...rows.map((member) => <Row key={member.account} member={member} onClick={() => pick(member)} />),
              ])
              .concat(
                strays.length === 0
                  ? []
                  : [
                      <h2 key="away" class="sec">
                        {t("group.away")}
                      </h2>,
                    ],
              )
              .concat(
                strays.map((stray) => (
                  <Away
                    key={`away ${stray.account}`}
                    stray={stray}
                    {...(view?.may.remove && { onRemove: () => void removeMember(view.conversation, stray) })}
                  />
                )),
              )}
          </VirtualRows>
        )}
        {query.trim() === "" && groups.length > 1 && (
          <InitialIndex
            initials={indexInitials[initials]}
            has={(initial) => places.has(initial)}
            onInitial={(initial) => list.current?.scrollToIndex(places.get(initial) ?? 0, { align: "start" })}
          />
        )}
      </div>
      {view !== undefined && picked !== undefined && (
        <MemberSheet
          view={view}
          member={picked}
          onRemove={() => void removeMember(view.conversation, picked)}
          onClose={() => setPicked(undefined)}
        />
      )}
    </section>
  );
}

function Row({ member, onClick }: { member: MemberView; onClick: () => void }) {
  const name = member.isMe ? t("person.you") : member.name;
  return (
    <button
      type="button"
      class="row sm"
      data-testid="member-row"
      data-account={member.account}
      data-role={member.role}
      onClick={onClick}
    >
      <Avatar face={member.face} size="sm" />
      <span class="body">
        <span class="l1 middle">
          <span class="name ell" lang={languageOf(name, locale.value)}>
            {name}
          </span>
          {member.role !== "member" && (
            <span class="verified" role="img" aria-label={t(`role.${member.role}`)}>
              <Icon of={member.role === "owner" ? Crown : ShieldCheck} size="s" />
            </span>
          )}
        </span>
      </span>
    </button>
  );
}

/** Who is let in again when they ask: one who may remove people sends them away with a tap. */
function Away({ stray, onRemove }: { stray: StrayView; onRemove?: () => void }) {
  return (
    <div class="row sm" data-testid="stray-row" data-account={stray.account}>
      <Avatar face={stray.face} size="sm" />
      <span class="body">
        <span class="l1 middle">
          <span class="name" lang={languageOf(stray.name, locale.value)}>
            {stray.name}
          </span>
          {onRemove !== undefined && (
            <button type="button" class="btn line sm" data-testid="stray-remove" onClick={onRemove}>
              {t("group.remove")}
            </button>
          )}
        </span>
      </span>
    </div>
  );
}
