/** Likes and comments of a post in one block: only those of people whom the reader knows (docs/spec/moments.md). */
import type { MomentComment, MomentPerson, MomentView } from "@yanshu/client";
import { Copy, EyeOff, Heart, Reply, Trash2 } from "lucide";
import { Fragment } from "preact";
import { useRef, useState } from "preact/hooks";
import { lineWithSmileys } from "../../kit/smileys/drawn.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useLongPress } from "../../shell/long-press.ts";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { elder } from "../../shell/prefs.ts";
import { api, attempt } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { PersonLink } from "./person-link.tsx";
import { tongueOf } from "./words-of.tsx";

type TalkProps = { readonly post: MomentView; readonly onAnswer: (to: MomentComment) => void };

export function Talk({ post: { likes, comments }, onAnswer }: TalkProps) {
  if (likes.length === 0 && comments.length === 0) return null;
  return (
    <div class="mo-talk" data-testid="moment-talk">
      {likes.length > 0 && (
        <p class="mo-likes" data-testid="moment-likes">
          <span class="sr">{t("moments.likes", { names: "" })}</span>
          <Icon of={Heart} size="xs" />
          <span>
            {likes.map((person, place) => (
              <Fragment key={person.account}>
                {place > 0 && t("person.and")}
                <Name person={person} />
              </Fragment>
            ))}
          </span>
        </p>
      )}
      {comments.length > 0 && (
        <ul>
          {comments.map((comment) => (
            <Comment key={comment.id} comment={comment} onAnswer={onAnswer} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** A person's name; in elder mode no link, so that there is less to tap by mistake. */
function Name({ person }: { readonly person: MomentPerson }) {
  return elder.value ? (
    <b lang={tongueOf(person.name)}>{person.name}</b>
  ) : (
    <PersonLink person={person} lang={tongueOf(person.name)}>
      {person.name}
    </PersonLink>
  );
}

function Comment({ comment, onAnswer }: { readonly comment: MomentComment } & Pick<TalkProps, "onAnswer">) {
  const { by, answers, text, may, isSending } = comment;
  const [menu, setMenu] = useState<{ x: number; y: number } | undefined>(undefined);
  const line = useRef<HTMLButtonElement>(null);
  const press = useLongPress((x, y) => setMenu({ x, y }));
  const isMine = may === "delete";
  const close = () => setMenu(undefined);
  const tap = () => {
    if (!isMine) return onAnswer(comment);
    const box = line.current?.getBoundingClientRect();
    setMenu({ x: box?.left ?? 0, y: box?.bottom ?? 0 });
  };
  const remove = async () => {
    close();
    const yes = await confirm({ title: t("moments.deleteWord"), action: t("moments.delete"), danger: true });
    if (yes) await attempt(() => api.deleteMomentComment(comment.id));
  };
  const hide = async () => {
    close();
    const yes = await confirm({
      title: t("moments.hideWordAsk", { name: by.name }),
      note: t("moments.hideWordNote"),
      action: t("moments.hideWord"),
      danger: true,
    });
    if (yes) await attempt(() => api.hideMomentComment(comment.id));
  };
  const act = isMine ? t("moments.more") : t("moments.reply", { name: by.name });
  const to = answers?.to;
  const who = (
    <>
      <Name person={by} />
      {to !== undefined && (
        <>
          {t("moments.repliedTo")}
          <b lang={tongueOf(to.name)}>{to.name}</b>
        </>
      )}
      {t("moments.colon")}
    </>
  );
  return (
    <li class={`mo-say ${isSending ? "mo-going" : ""}`} data-testid="moment-word" data-id={comment.id}>
      <p {...press}>
        {elder.value ? (
          <button ref={line} type="button" lang={tongueOf(text)} data-testid="word-tap" onClick={tap}>
            {who}
            {lineWithSmileys(text)}
            <span class="sr"> · {act}</span>
          </button>
        ) : (
          <>
            {who}
            <span lang={tongueOf(text)}>{lineWithSmileys(text)}</span>
            {/* The button covers the comment but not the names: with the text inside it, a new line would begin. */}
            <button ref={line} type="button" class="mo-say-tap" aria-label={act} data-testid="word-tap" onClick={tap} />
          </>
        )}
      </p>
      {menu !== undefined && (
        <Menu label={t("moments.more")} anchor={line} at={menu} onClose={close}>
          {!isMine && (
            <MenuItem
              icon={Reply}
              testId="word-reply"
              onPick={() => {
                close();
                onAnswer(comment);
              }}
            >
              {t("moments.reply", { name: by.name })}
            </MenuItem>
          )}
          <MenuItem
            icon={Copy}
            testId="word-copy"
            onPick={() => {
              close();
              void navigator.clipboard.writeText(text).then(() => toast(t("msg.copied")));
            }}
          >
            {t("moments.copy")}
          </MenuItem>
          {may === "delete" && (
            <MenuItem icon={Trash2} danger testId="word-delete" onPick={() => void remove()}>
              {t("moments.delete")}
            </MenuItem>
          )}
          {may === "hide" && (
            <MenuItem icon={EyeOff} danger testId="word-hide" onPick={() => void hide()}>
              {t("moments.hideWord")}
            </MenuItem>
          )}
        </Menu>
      )}
    </li>
  );
}
