/** Sends a film into chats, or to Moments, as a link that opens it here: it is public, and so may its link be. */
import type { ChannelFilmView } from "@yanshu/client";
import { Aperture, Copy, UsersRound } from "lucide";
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { shortened } from "../../kit/shortened.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pathOf } from "../../shell/routes.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { copyText } from "../../shell/share.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { placeOf } from "./spots.ts";

const linkTitleMax = 80;
const momentWordsMax = 2_000;

export function ShareSheet({ film, onClose }: { readonly film: ChannelFilmView; readonly onClose: () => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [isForMoments, setForMoments] = useState(false);
  const hasMoments = useView("momentsSettings")?.isOn === true;
  const link = `${location.origin}${pathOf(placeOf(film.entry))}`;
  const words = `${film.title === "" ? film.channel.name : `${film.channel.name}：${film.title}`}\n${link}`;
  const send = async () => {
    for (const chat of picked) if (!(await succeeds(() => api.sendText(chat, words)))) return;
    toast(t("ch.shared"));
    onClose();
  };
  if (isForMoments) return <MomentSheet film={film} link={link} onClose={onClose} />;
  return (
    <FormSheet
      title={t("ch.shareTo")}
      class="gather"
      testId="share-sheet"
      action={t("ch.shareSend")}
      actionTestId="share-send"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <div class="ch-ways">
        {hasMoments && (
          <button type="button" class="btn line" data-testid="share-moments" onClick={() => setForMoments(true)}>
            <Icon of={Aperture} size="s" />
            {t("ch.toMoments")}
          </button>
        )}
        <button type="button" class="btn line" data-testid="share-copy" onClick={() => void copyText(link)}>
          <Icon of={Copy} size="s" />
          {t("ch.copyLink")}
        </button>
      </div>
      <ChatPicks picked={picked} onPicked={setPicked} />
    </FormSheet>
  );
}

type MomentSheetProps = { readonly film: ChannelFilmView; readonly link: string; readonly onClose: () => void };

/** A word of one's own, and who sees it, before it is posted. */
function MomentSheet({ film, link, onClose }: MomentSheetProps) {
  const [words, setWords] = useState("");
  const title = shortened(film.title.replaceAll("\n", " ").trim() || film.channel.name, linkTitleMax);
  const post = async () => {
    const text = words.trim() === "" ? link : `${words.trim()}\n${link}`;
    const draft = { text, pictures: [], link: { url: link, title }, audience: { who: "all" } } as const;
    if ((await attempt(() => api.postMoment(draft))) === undefined) return;
    toast(t("ch.momentsDone"));
    onClose();
  };
  return (
    <FormSheet
      title={t("ch.toMoments")}
      class="gather"
      testId="share-moment"
      action={t("ch.momentsGo")}
      actionTestId="share-moment-go"
      isReady
      onSubmit={() => void post()}
      onClose={onClose}
    >
      <p class="ch-linked ell">
        <b>{film.channel.name}</b> {title}
      </p>
      <textarea
        class="field-box"
        rows={3}
        maxLength={momentWordsMax}
        aria-label={t("ch.momentsWords")}
        placeholder={t("ch.momentsWords")}
        value={words}
        data-testid="share-moment-words"
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <p class="ch-note">
        <Icon of={UsersRound} size="xs" />
        <span>{t("ch.momentsNote")}</span>
      </p>
    </FormSheet>
  );
}
