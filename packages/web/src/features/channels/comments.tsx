/** What is said in public under a film: in two levels, by pen names, in a sheet over the film or beside it. */
import type { ChannelCommentView, ChannelFilmView } from "@yanshu/client";
import { Flag, Send, X } from "lucide";
import { useRef, useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { listTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { nowMs } from "../../shell/now.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { ask, confirm, Sheet } from "../../shell/sheet.tsx";
import { ChannelFace } from "./face.tsx";
import { RemovedComments } from "./gap.tsx";
import { nameMax } from "./limits.ts";
import { placeOf } from "./spots.ts";
import { useLooking } from "./use-shown.ts";

const commentMax = 600;

type CommentsProps = { readonly film: ChannelFilmView; readonly isBeside: boolean; readonly onClose: () => void };

export function Comments({ film, isBeside, onClose }: CommentsProps) {
  const view = useView("channelComments", film.entry);
  const all = view?.comments.flatMap((comment) => [comment, ...comment.answers]) ?? [];
  useLooking(all.some(({ state }) => state !== "here"));
  const [answered, setAnswered] = useState<ChannelCommentView | undefined>(undefined);
  const title = view === undefined || view.count === 0 ? t("ch.comments") : t("ch.commentsCount", { n: view.count });
  const inside = (
    <>
      <header class="ch-comments-head">
        <h2>{title}</h2>
        <button type="button" class="ib" aria-label={t("action.close")} data-testid="comments-close" onClick={onClose}>
          <Icon of={X} />
        </button>
      </header>
      <div class="ch-comments-list">
        {view?.comments.length === 0 && view.removed.length === 0 && <p class="ch-quiet">{t("ch.commentsNone")}</p>}
        <ul>
          {view?.comments.map((comment) => (
            <li key={comment.entry}>
              <Comment comment={comment} film={film} mayHide={view.mayHide} onAnswer={() => setAnswered(comment)} />
              {comment.answers.length > 0 && (
                <ul class="ch-answers">
                  {comment.answers.map((answer) => (
                    <li key={answer.entry}>
                      <Comment
                        comment={answer}
                        film={film}
                        mayHide={view.mayHide}
                        onAnswer={() => setAnswered(comment)}
                      />
                    </li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
        {view !== undefined && view.removed.length > 0 && (
          <ul class="ch-gaps" aria-label={t("ch.gaps")}>
            {view.removed.map((one) => (
              <RemovedComments key={`${one.decision.reason} ${one.decision.appeal}`} of={one} />
            ))}
          </ul>
        )}
      </div>
      <SayField film={film} answered={answered} onSaid={() => setAnswered(undefined)} />
    </>
  );
  if (isBeside)
    return (
      <aside class="ch-side surface" aria-label={title} data-testid="comments">
        {inside}
      </aside>
    );
  return (
    <Sheet title={title} testId="comments" onClose={onClose}>
      <div class="ch-comments">{inside}</div>
    </Sheet>
  );
}

type CommentProps = {
  readonly comment: ChannelCommentView;
  readonly film: ChannelFilmView;
  readonly mayHide: boolean;
  readonly onAnswer: () => void;
};

function Comment({ comment, film, mayHide, onAnswer }: CommentProps) {
  const { by, text, atMs, isMine, isHidden, state, decision } = comment;
  return (
    <div class="ch-comment" data-testid="comment" data-state={state}>
      <Link to={placeOf(by.id)} aria-label={by.name}>
        <ChannelFace of={by} size="sm" />
      </Link>
      <div class="ch-comment-in">
        <p class="ch-comment-by">
          {by.name}
          {by.id === film.channel.id && <span class="ch-author">{t("ch.author")}</span>}
        </p>
        <p class={isHidden ? "ch-hidden" : ""} lang={languageOf(text, locale.value)} data-testid="comment-text">
          {isHidden ? t("ch.hidden") : text}
        </p>
        {decision !== undefined && !isHidden && (
          <p class="ch-decision" data-testid="comment-decision">
            <Icon of={Flag} size="xs" />
            {t("ch.labelled", { reason: decision.reason })}
          </p>
        )}
        <p class="ch-comment-foot">
          <span>
            {state === "here"
              ? listTime(atMs, nowMs.value, locale.value, { today: t("time.today"), yesterday: t("time.yesterday") })
              : t("ch.sending")}
          </span>
          {!isHidden && (
            <button type="button" data-testid="comment-answer" onClick={onAnswer}>
              {t("ch.answer")}
            </button>
          )}
          {isMine ? (
            <button type="button" data-testid="comment-delete" onClick={() => void remove(comment)}>
              {t("ch.delete")}
            </button>
          ) : (
            mayHide && (
              <button
                type="button"
                data-testid="comment-hide"
                onClick={() => void succeeds(() => api.hideChannelComment(comment.entry, !isHidden))}
              >
                {t(isHidden ? "ch.unhide" : "ch.hide")}
              </button>
            )
          )}
        </p>
      </div>
    </div>
  );
}

async function remove(comment: ChannelCommentView): Promise<void> {
  const yes = await confirm({ title: t("ch.deleteComment"), action: t("ch.delete"), danger: true });
  if (yes) await succeeds(() => api.deleteEntry(comment.entry));
}

type SayProps = {
  readonly film: ChannelFilmView;
  readonly answered: ChannelCommentView | undefined;
  readonly onSaid: () => void;
};

function SayField({ film, answered, onSaid }: SayProps) {
  const mine = useView("channelsMine");
  const field = useRef<HTMLInputElement>(null);
  const [isSending, run] = useBusy();
  const say = async () => {
    const text = field.current?.value.trim() ?? "";
    if (text === "" || isSending || mine === undefined) return;
    let penName: string | undefined;
    if (mine.pen === undefined) {
      penName = await ask({
        title: t("ch.penAsk"),
        label: t("ch.penName"),
        value: "",
        action: t("ch.say"),
        lengthMax: nameMax,
      });
      if (penName === undefined || penName === "") return;
    }
    const options = {
      ...(answered === undefined ? {} : { answers: answered.entry }),
      ...(penName === undefined ? {} : { penName }),
    };
    await run(async () => {
      if (!(await succeeds(() => api.commentFilm(film.entry, text, options)))) return;
      if (field.current !== null) field.current.value = "";
      onSaid();
    });
  };
  const hint = answered === undefined ? t("ch.sayHint") : t("ch.answerTo", { name: answered.by.name });
  return (
    <form
      class="ch-say"
      onSubmit={(event) => {
        event.preventDefault();
        void say();
      }}
    >
      <input
        ref={field}
        class="field-box"
        aria-label={hint}
        placeholder={hint}
        maxLength={commentMax}
        autocomplete="off"
        data-testid="comment-field"
      />
      <button type="submit" class="ib" aria-label={t("ch.say")} aria-busy={isSending} data-testid="comment-send">
        <Icon of={Send} />
      </button>
    </form>
  );
}
