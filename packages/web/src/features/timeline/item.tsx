/**
 * One line of a conversation: a bubble with its state, a system line, or a notice that needs a look.
 */
import type { ChatRow, SystemLine, TimelineItem } from "@yanshu/client";
import { Clock, Copy, RotateCcw, ShieldAlert, Trash2 } from "lucide";
import { useRef, useState } from "preact/hooks";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { Menu, MenuItem } from "../../shell/menu.tsx";
import { api, attempt } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";
import { useLongPress } from "./long-press.ts";
import { personName, systemWords } from "./system-words.ts";
import { isLoneEmoji, languageOf, piecesOf } from "./text.ts";
import { clock } from "./time.ts";

type ItemProps = {
  readonly item: TimelineItem;
  readonly continues: boolean;
  readonly kind: ChatRow["kind"];
  /** All that is loaded: who joined last is told when a message waits for a tap. */
  readonly items: readonly TimelineItem[];
};

export function Item({ item, continues, kind, items }: ItemProps) {
  const { body } = item;
  switch (body.kind) {
    case "system":
      return <System line={body.line} />;
    case "newer":
    case "text":
      return <Message item={item} continues={continues} kind={kind} items={items} />;
    default:
      return body satisfies never;
  }
}

function System({ line }: { line: SystemLine }) {
  if (line.kind === "device-refused") {
    const name = personName(line.who);
    return (
      <section class="notice" role="note">
        <h3>
          <Icon of={ShieldAlert} />
          {t("guard.title")}
        </h3>
        <p>{t("guard.body", { name })}</p>
        <p>{t("guard.ask")}</p>
      </section>
    );
  }
  if (line.kind === "account-frozen") {
    return (
      <section class="notice" role="note">
        <h3>
          <Icon of={ShieldAlert} />
          {t("guard.frozen")}
        </h3>
        <p>{t("guard.frozenBody", { name: personName(line.who) })}</p>
      </section>
    );
  }
  return (
    <div class="sys-line" data-testid="system-line" data-kind={line.kind}>
      {systemWords(line)}
    </div>
  );
}

function Message({ item, continues, kind, items }: ItemProps) {
  const text = item.body.kind === "text" ? item.body.text : t("msg.newer");
  const bubble = useRef<HTMLDivElement>(null);
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | undefined>(undefined);
  const press = useLongPress((x, y) => setMenuAt({ x, y }));
  const isLarge = item.body.kind === "text" && isLoneEmoji(text);
  return (
    <article class={`msg ${item.mine ? "me" : ""} ${continues ? "cont" : ""}`}>
      <Face item={item} />
      <div class="col">
        {!item.mine && kind === "group" && !continues && <span class="who">{item.from.name}</span>}
        <div
          ref={bubble}
          class={`bub ${isLarge ? "large" : ""} ${item.body.kind === "newer" ? "newer" : ""}`}
          lang={languageOf(text, locale.value)}
          tabIndex={-1}
          title={clock(item.atMs, locale.value)}
          data-testid="bubble"
          data-state={item.state}
          data-mine={item.mine}
          data-id={item.id}
          {...press}
        >
          <span class="sr">{`${personName({ ...item.from, isMe: item.mine })}, ${clock(item.atMs, locale.value)}: `}</span>
          <Words text={text} />
        </div>
        {item.state === "waiting-tap" && <WaitingTap item={item} items={items} />}
      </div>
      <State item={item} />
      {menuAt !== undefined && (
        <Menu label={t("msg.menu")} anchor={bubble} at={menuAt} onClose={() => setMenuAt(undefined)}>
          <MessageActions item={item} text={text} onDone={() => setMenuAt(undefined)} />
        </Menu>
      )}
    </article>
  );
}

function Face({ item }: { item: TimelineItem }) {
  if (item.mine) return <Avatar face={item.from.face} size="sm" />;
  return (
    <Link to={{ name: "contact", id: item.from.account }} class="face" aria-label={item.from.name} tabIndex={-1}>
      <Avatar face={item.from.face} size="sm" />
    </Link>
  );
}

function Words({ text }: { text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, place) =>
        piece.kind === "link" ? (
          <a key={place} href={piece.text} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}

/** Nothing while fine; a clock after two seconds; a red ! that sends again. */
function State({ item }: { item: TimelineItem }) {
  if (item.state === "failed") {
    return (
      <button
        type="button"
        class="failed"
        aria-label={`${t("send.failed")}. ${t("send.again")}`}
        title={t("send.again")}
        data-testid="resend"
        onClick={() => void attempt(() => api.resend(item.id))}
      >
        <span aria-hidden="true">!</span>
      </button>
    );
  }
  if (item.state !== "sending") return null;
  return (
    <span class="sending" role="img" aria-label={t("send.sending")}>
      <Icon of={Clock} size="xs" />
    </span>
  );
}

function WaitingTap({ item, items }: { item: TimelineItem; items: readonly TimelineItem[] }) {
  const joined = items.findLast((one) => one.body.kind === "system" && one.body.line.kind === "added");
  const line = joined?.body.kind === "system" && joined.body.line.kind === "added" ? joined.body.line : undefined;
  const name = line === undefined ? t("send.someone") : line.people.map(personName).join(t("person.and"));
  return (
    <div class="waiting" data-testid="waiting-tap">
      <p>{t("send.newMember", { name })}</p>
      <button
        type="button"
        class="btn fill sm"
        data-testid="send-anyway"
        onClick={() => void attempt(() => api.resend(item.id))}
      >
        {t("send.anyway")}
      </button>
      <button type="button" class="btn line sm" onClick={() => void attempt(() => api.discard(item.id))}>
        {t("send.discard")}
      </button>
    </div>
  );
}

function MessageActions({ item, text, onDone }: { item: TimelineItem; text: string; onDone: () => void }) {
  const isUnsent = item.mine && (item.state === "failed" || item.state === "waiting-tap");
  const after = (work: () => Promise<unknown>) => () => {
    onDone();
    void attempt(work);
  };
  return (
    <>
      {item.body.kind === "text" && (
        <MenuItem
          icon={Copy}
          testId="copy"
          onPick={() => {
            onDone();
            void navigator.clipboard.writeText(text).then(() => toast(t("msg.copied")));
          }}
        >
          {t("msg.copy")}
        </MenuItem>
      )}
      {isUnsent && (
        <>
          <MenuItem icon={RotateCcw} onPick={after(() => api.resend(item.id))}>
            {t("send.again")}
          </MenuItem>
          <MenuItem icon={Trash2} danger testId="discard" onPick={after(() => api.discard(item.id))}>
            {t("send.discard")}
          </MenuItem>
        </>
      )}
    </>
  );
}
