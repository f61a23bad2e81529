/**
 * The editor: a title, and blocks of words and pictures in their order. Enter begins the next block, but not while an
 * input method composes; what is pasted stands as blocks without its styles.
 */
import type { ArticleDraft, ArticleDraftPicture, ArticlePicture } from "@yanshu/client";
import { Bold, Earth, Heading, Image, Link2, List, Minus, Quote, X } from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { open as openPicture, type Picked, toSend } from "../../kit/pictures/shrink.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { back } from "../../shell/router.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { ask, confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { block, blocksOf, type Kind, markedOf, pasted, type Written } from "./draft.ts";
import { usePublicPicture } from "./public-picture.ts";

const titleMax = 64;
const authorMax = 32;
const textMax = 4_000;
const picturesMax = 35;
const kinds = [
  ["heading", Heading],
  ["quote", Quote],
  ["item", List],
] as const;

/** New, or of the edition before. */
type OnePicture = { readonly picked: Picked } | { readonly kept: ArticlePicture };

type Draft = {
  readonly title: string;
  readonly author: string;
  readonly blocks: readonly Written[];
  readonly pictures: readonly OnePicture[];
};
/** Of this page alone: a reload begins anew. By what is written for. */
const drafts = new Map<string, Draft>();
const empty = (): Draft => ({ title: "", author: "", blocks: [block("text")], pictures: [] });

/** @param of an own account, or an own article that gets a later edition */
export function Write({ of }: { readonly of: string }) {
  const article = useView("article", of);
  const [draft, setDraft] = useState<Draft>(() => drafts.get(of) ?? empty());
  const [isUnderway, run] = useBusy();
  const [at, setAt] = useState(0);
  const page = useRef<HTMLDivElement>(null);
  const focusNext = useRef<number | undefined>(undefined);
  const { title, author, blocks, pictures } = draft;
  const change = (part: Partial<Draft>) =>
    setDraft((before) => {
      const next = { ...before, ...part };
      drafts.set(of, next);
      return next;
    });
  useEffect(() => {
    if (article === undefined || drafts.has(of)) return;
    change({
      title: article.title,
      author: article.author,
      pictures: article.pictures.map((kept) => ({ kept })),
      blocks: article.blocks.map((one) => {
        const picture = article.pictures.findIndex(({ hash }) => hash === one.picture?.hash);
        return block(one.is, markedOf(one), picture < 0 ? undefined : picture);
      }),
    });
  }, [article === undefined]);
  // Before the next key: who types on without a pause writes into the new block.
  useLayoutEffect(() => {
    if (focusNext.current === undefined) return;
    const field = page.current?.querySelector<HTMLTextAreaElement>(`[data-key="${focusNext.current}"]`);
    focusNext.current = undefined;
    field?.focus();
  });

  const put = (place: number, ...made: readonly Written[]) => {
    change({ blocks: [...blocks.slice(0, place), ...made, ...blocks.slice(place)] });
    setAt(place + made.length - 1);
    focusNext.current = made.at(-1)?.key;
  };
  const set = (place: number, part: Partial<Written>) =>
    change({ blocks: blocks.map((one, nth) => (nth === place ? { ...one, ...part } : one)) });
  const drop = (place: number) => {
    const left = blocks.filter((_, nth) => nth !== place);
    change({ blocks: left.length === 0 ? [block("text")] : left });
    focusNext.current = left[Math.max(0, place - 1)]?.key;
  };
  const here = blocks[at];
  const turn = (is: Kind) => {
    if (here === undefined || here.is === "picture" || here.is === "line") return;
    set(at, { is: here.is === is ? "text" : is });
    focusNext.current = here.key;
  };
  const addPictures = () =>
    chooseFiles("image/jpeg,image/png,image/webp,image/avif,image/heic", (files) => {
      void Promise.all(files.slice(0, picturesMax - pictures.length).map(openPicture)).then((all) => {
        const picked = all.flatMap((one) => one ?? []);
        if (picked.length === 0) return;
        change({ pictures: [...pictures, ...picked.map((one) => ({ picked: one }))] });
        setDraft((before) => {
          const made = picked.map((_, nth) => block("picture", "", pictures.length + nth));
          const place = at + 1;
          const next = {
            ...before,
            blocks: [...before.blocks.slice(0, place), ...made, block("text"), ...before.blocks.slice(place)],
          };
          drafts.set(of, next);
          return next;
        });
      });
    });
  /** Marks what is chosen in the field of the block that one is in. */
  const mark = async (what: "strong" | "link") => {
    const field = here && page.current?.querySelector<HTMLTextAreaElement>(`[data-key="${here.key}"]`);
    if (here === undefined || field === null || field === undefined) return;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const chosen = value.slice(from, to);
    if (chosen.trim() === "") return toast(t("acc.chooseWords"));
    if (what === "strong") return set(at, { text: `${value.slice(0, from)}**${chosen}**${value.slice(to)}` });
    const address = await ask({
      title: t("acc.link"),
      label: t("acc.linkTo"),
      value: "https://",
      action: t("acc.keep"),
      lengthMax: 500,
    });
    if (address === undefined || address === "" || !/^https:\/\/[^\s)]+$/.test(address)) return;
    set(at, { text: `${value.slice(0, from)}[${chosen}](${address})${value.slice(to)}` });
  };

  const isReady = !isUnderway && title.trim() !== "" && blocksOf(blocks).length > 0;
  const publish = async () => {
    const said = await attempt(() => draftOf(draft));
    const done =
      said !== undefined &&
      (await succeeds(() => (article === undefined ? api.publishArticle(of, said) : api.editArticle(of, said))));
    if (!done) return;
    drafts.delete(of);
    toast(t("acc.going"));
    back();
  };
  const leave = async () => {
    const isEmpty = title === "" && blocksOf(blocks).length === 0;
    if (!isEmpty && !(await confirm({ title: t("acc.throwAway"), action: t("acc.throwAwayYes"), danger: true })))
      return;
    drafts.delete(of);
    back();
  };

  return (
    <section class="screen surface" data-testid="article-write">
      <TopBar
        title={t(article === undefined ? "acc.write" : "acc.edit")}
        onBack={() => void leave()}
        end={
          <button
            type="button"
            class="btn fill sm"
            disabled={!isReady}
            data-testid="article-publish"
            onClick={() => void run(publish)}
          >
            {t("acc.publish")}
          </button>
        }
      />
      <div class="scroll acc-write" ref={page}>
        <textarea
          rows={1}
          class="acc-title"
          aria-label={t("acc.titleField")}
          placeholder={t("acc.titleField")}
          maxLength={titleMax}
          value={title}
          data-testid="article-title-field"
          onInput={(event) => change({ title: event.currentTarget.value.replace(/\s*\n\s*/gu, " ") })}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) event.preventDefault();
          }}
        />
        <input
          class="acc-author"
          aria-label={t("acc.author")}
          placeholder={t("acc.author")}
          maxLength={authorMax}
          value={author}
          data-testid="article-author"
          onInput={(event) => change({ author: event.currentTarget.value })}
        />
        {blocks.map((one, place) =>
          one.is === "line" ? (
            <div key={one.key} class="acc-line">
              <hr />
              <Away onClick={() => drop(place)} />
            </div>
          ) : (
            <div key={one.key} class={`acc-block acc-${one.is}`}>
              {one.is === "picture" && <Shown of={one.picture === undefined ? undefined : pictures[one.picture]} />}
              <textarea
                rows={1}
                data-key={one.key}
                aria-label={t(one.is === "picture" ? "acc.below" : "acc.words")}
                placeholder={t(one.is === "picture" ? "acc.below" : "acc.words")}
                maxLength={textMax}
                value={one.text}
                data-testid="article-block"
                onFocus={() => setAt(place)}
                onInput={(event) => set(place, { text: event.currentTarget.value })}
                onPaste={(event) => {
                  const lines = pasted(event.clipboardData?.getData("text/plain") ?? "");
                  if (lines.length < 2) return;
                  event.preventDefault();
                  put(place + 1, ...lines.map((line) => block("text", line.slice(0, textMax))));
                }}
                onKeyDown={(event) => {
                  if (event.isComposing || event.keyCode === 229) return;
                  const { selectionStart, selectionEnd, value } = event.currentTarget;
                  if (event.key === "Enter" && !event.shiftKey) {
                    event.preventDefault();
                    change({
                      blocks: blocks.map((each, nth) =>
                        nth === place ? { ...each, text: value.slice(0, selectionStart) } : each,
                      ),
                    });
                    const rest = block(
                      one.is === "item" || one.is === "number" ? one.is : "text",
                      value.slice(selectionEnd),
                    );
                    setDraft((before) => {
                      const next = {
                        ...before,
                        blocks: [...before.blocks.slice(0, place + 1), rest, ...before.blocks.slice(place + 1)],
                      };
                      drafts.set(of, next);
                      return next;
                    });
                    focusNext.current = rest.key;
                  }
                  if (event.key === "Backspace" && value === "" && blocks.length > 1) {
                    event.preventDefault();
                    drop(place);
                  }
                }}
              />
              {one.is === "picture" && <Away onClick={() => drop(place)} />}
            </div>
          ),
        )}
        <p class="acc-note" data-testid="article-public">
          <Icon of={Earth} size="xs" />
          {t("acc.public")}
        </p>
      </div>
      <div class="acc-tools" role="toolbar" aria-label={t("acc.tools")}>
        {kinds.map(([is, icon]) => (
          <Tool
            key={is}
            icon={icon}
            label={t(`acc.is.${is}`)}
            isOn={here?.is === is}
            testId={`article-${is}`}
            onClick={() => turn(is)}
          />
        ))}
        <Tool icon={Bold} label={t("acc.strong")} testId="article-strong" onClick={() => void mark("strong")} />
        <Tool icon={Link2} label={t("acc.link")} testId="article-link" onClick={() => void mark("link")} />
        <Tool icon={Image} label={t("acc.picture")} testId="article-add-picture" onClick={addPictures} />
        <Tool
          icon={Minus}
          label={t("acc.line")}
          testId="article-line"
          onClick={() => put(at + 1, block("line"), block("text"))}
        />
      </div>
    </section>
  );
}

/** What is drawn anew is without its place and its camera (ME10). */
async function draftOf({ title, author, blocks, pictures }: Draft): Promise<ArticleDraft> {
  const used = [...new Set(blocks.flatMap(({ picture }) => picture ?? []))];
  const files = await Promise.all(
    used.map(async (nth): Promise<ArticleDraftPicture> => {
      const one = pictures[nth];
      if (one === undefined) throw new Error("invariant: a block names a picture that is there");
      if ("kept" in one) return { kept: one.kept.hash };
      const { source, type, width, height } = await toSend(one.picked, false);
      return { source, mime: type === "image/jpeg" ? type : "image/webp", width, height };
    }),
  );
  return {
    title,
    author,
    blocks: blocksOf(blocks).map(({ picture, ...one }) => ({
      ...one,
      ...(picture !== undefined && { picture: used.indexOf(picture) }),
    })),
    pictures: files,
    ...(files.length > 0 && { cover: 0 }),
  };
}

type ToolProps = {
  readonly icon: typeof Bold;
  readonly label: string;
  readonly isOn?: boolean;
  readonly testId: string;
  readonly onClick: () => void;
};

/** The field keeps its focus, and with it what is chosen there. */
function Tool({ icon, label, isOn, testId, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="ib"
      aria-label={label}
      {...(isOn !== undefined && { "aria-pressed": isOn })}
      data-testid={testId}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon of={icon} />
    </button>
  );
}

function Away({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" class="ib acc-away" aria-label={t("acc.away")} onClick={onClick}>
      <Icon of={X} />
    </button>
  );
}

function Shown({ of }: { readonly of: OnePicture | undefined }) {
  if (of === undefined) return null;
  return "picked" in of ? <img src={of.picked.url} alt="" /> : <Kept of={of.kept} />;
}

function Kept({ of }: { readonly of: ArticlePicture }) {
  const url = usePublicPicture(of);
  return url === undefined || url === "missing" ? <div class="acc-missing" /> : <img src={url} alt="" />;
}
