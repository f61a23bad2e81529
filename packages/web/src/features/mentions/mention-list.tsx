/** Who fits the name that was begun, above the field; arrows and Enter choose, so does a tap. */
import { UsersRound } from "lucide";
import { useLayoutEffect } from "preact/hooks";
import { matchesName } from "../../kit/pinyin.ts";
import { languageOf } from "../../kit/text.ts";
import { useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import type { Nameable } from "./ranges.ts";

const shownMax = 6;

type MentionListProps = {
  readonly chat: string;
  readonly query: string;
  /** Which one is chosen by the keyboard, from 0. */
  readonly at: number;
  readonly onFound: (found: readonly Nameable[]) => void;
  readonly onPick: (one: Nameable) => void;
};

export function MentionList({ chat, query, at, onFound, onPick }: MentionListProps) {
  const view = useView("conversation", chat);
  const reader = useReader();
  const role = view?.members.find(({ isMe }) => isMe)?.role;
  const everybody = t("mention.all");
  const leads = role === "owner" || role === "admin";
  // The text has the name that all members see, not the private name that this person gave them.
  const people = (view?.members ?? [])
    .filter(({ isMe }) => !isMe)
    .map(({ account, name, face, calledHere }) => ({ account, face, known: name, name: calledHere }))
    .filter(({ name, known }) => matchesName([name, known], query, reader));
  const isAllWanted = leads && matchesName(["所有人", "all", everybody], query, reader);
  const found = [
    ...(isAllWanted ? [{ name: everybody, face: undefined, known: everybody, account: undefined }] : []),
    ...people,
  ].slice(0, shownMax);
  const key = found.map(({ account, name }) => account ?? name).join();
  // As soon as they stand there: the next key may choose one.
  useLayoutEffect(() => {
    onFound(found.map(({ account, name }) => ({ name, ...(account === undefined ? {} : { account }) })));
  }, [key]);
  if (found.length === 0) return null;
  return (
    <div class="mention-list" role="listbox" aria-label={t("mention.label")} data-testid="mention-list">
      {found.map(({ account, name, known, face }, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus, and its keys choose here.
        <div
          key={account ?? "all"}
          id={`mention-${place}`}
          role="option"
          aria-selected={place === at}
          class={place === at ? "on" : ""}
          tabIndex={-1}
          data-testid="mention-option"
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick({ name, ...(account === undefined ? {} : { account }) })}
        >
          {face === undefined ? <Icon of={UsersRound} /> : <Avatar face={face} size="sm" />}
          <span class="ell" lang={languageOf(known, locale.value)}>
            {known}
          </span>
        </div>
      ))}
    </div>
  );
}
