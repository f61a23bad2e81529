/** This code: whether it is the released one, who signed it, and what was not taken (docs/spec/web.md WE139). */
import { Hourglass, ShieldAlert, ShieldCheck, ShieldQuestion } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { saveAs } from "../../kit/bytes.ts";
import { lineTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { keptSplit, refused } from "../../shell/released.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";
import { isBehind } from "./heads.ts";
import { type Found, look } from "./look.ts";
import "./code.css";

const namesMax = 5;

export function ThisCode() {
  const [isOpen, setOpen] = useState(false);
  const isSplit = keptSplit() !== undefined;
  const isRefused = refused.value !== undefined || isSplit;
  const rest = isBehind() ? "code.behind" : "code.row";
  const said = refused.value?.isOwn ? "code.ownDoubtful" : isRefused ? "code.notTaken" : rest;
  return (
    <div class={`group ${isRefused ? "code-warns" : ""}`}>
      <SettingButton
        icon={isRefused ? ShieldAlert : ShieldCheck}
        label={t("code.title")}
        note={t(isSplit ? "code.splitRow" : said)}
        testId="code"
        onClick={() => setOpen(true)}
      />
      {isOpen && <CodeSheet onClose={() => setOpen(false)} />}
    </div>
  );
}

/**
 * Two logs of releases were met: what happened, what that means, and the proof of it to show others.
 *
 * @param refusal what home offered and this browser refused for it; undefined: a friend's app keeps the other log.
 */
function Split({ heads, refusal }: { heads: string; refusal: string | undefined }) {
  return (
    <div class="code-refused" role="status" data-testid="code-split">
      <Icon of={ShieldAlert} size="s" />
      <div>
        {refusal === undefined ? <p>{t("code.splitMet")}</p> : <p data-testid="code-refused">{refusal}</p>}
        <p>{t("code.splitWhat")}</p>
        <p>{t("code.splitDo")}</p>
        <button
          type="button"
          class="btn line"
          data-testid="code-split-save"
          onClick={() => void saveAs({ bytes: new TextEncoder().encode(heads), type: "text/plain" }, "two-logs.txt")}
        >
          {t("code.splitSave")}
        </button>
      </div>
    </div>
  );
}

/** What home offered and this browser did not take, and why. */
function refusalNow(): { readonly isSplit: boolean; readonly text: string } | undefined {
  if (refused.value === undefined) return undefined;
  const { isOwn, why } = refused.value;
  const text = t(isOwn ? "code.ownDoubtfulNote" : "code.notTakenNote", { why: t(`code.why.${why.kind}`) });
  return { isSplit: why.kind === "split", text };
}

const verdictIcons = { released: ShieldCheck, "self-built": ShieldQuestion, doubtful: ShieldAlert };

type Looked = { readonly found: Found; readonly atMs: number };

function CodeSheet({ onClose }: { onClose: () => void }) {
  const [looked, setLooked] = useState<Looked>();
  const lookNow = async () => {
    setLooked(undefined);
    setLooked({ found: await look(), atMs: Date.now() });
  };
  useEffect(() => void lookNow(), []);
  const refusal = refusalNow();
  const split = keptSplit();
  const isOneNote = split !== undefined && refusal?.isSplit === true;
  return (
    <Sheet title={t("code.title")} onClose={onClose} testId="code-sheet">
      <h2 class="sheet-title">{t("code.title")}</h2>
      {refusal !== undefined && !isOneNote && (
        <p class="code-refused" role="status" data-testid="code-refused">
          <Icon of={ShieldAlert} size="s" />
          <span>{refusal.text}</span>
        </p>
      )}
      {split !== undefined && <Split heads={split} refusal={isOneNote ? refusal?.text : undefined} />}
      {isBehind() && (
        <p class="code-refused" data-testid="code-behind">
          <Icon of={Hourglass} size="s" />
          <span>{t("code.behind")}</span>
        </p>
      )}
      <div aria-live="polite" aria-busy={looked === undefined}>
        {looked === undefined ? (
          <p class="sheet-note">{t("code.looking")}</p>
        ) : (
          <Said {...looked} isSplit={split !== undefined} />
        )}
      </div>
      <p class="sheet-note">{t("code.limit")}</p>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn fill"
          data-testid="code-again"
          disabled={looked === undefined}
          onClick={() => void lookNow()}
        >
          {t("code.again")}
        </button>
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}

/** @param isSplit two logs were met: that the code is released says one of them alone. */
function Said({ found, atMs, isSplit }: Looked & { isSplit: boolean }) {
  const words = { today: t("time.today"), yesterday: t("time.yesterday") };
  const at = lineTime(atMs, nowMs.value, locale.value, words);
  if (found.kind === "dev") return <p class="sheet-note">{t("code.dev")}</p>;
  const isWhole = found.kind === "released" && found.different.length === 0;
  const kind = found.kind === "released" && !isWhole ? "doubtful" : found.kind;
  const fault = faultOf(found);
  const isOfOneLog = isSplit && kind === "released";
  return (
    <div data-testid="code-said" data-kind={kind}>
      <p class={`code-verdict ${isOfOneLog ? "" : kind}`}>
        <Icon of={isOfOneLog ? ShieldQuestion : verdictIcons[kind]} />
        <strong>{isOfOneLog ? t("code.releasedHere") : t(`code.${kind}`)}</strong>
      </p>
      <p class="sheet-note">{noteOf(found)}</p>
      {fault !== undefined && <p class="sheet-note code-fault">{fault}</p>}
      {found.kind === "released" && found.isTest && <p class="sheet-note">{t("code.test")}</p>}
      <dl class="code-facts">
        {factsOf(found, at).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function noteOf(found: Exclude<Found, { kind: "dev" }>): string {
  if (found.kind === "self-built") return t("code.ownNote");
  if (found.kind === "released" && found.different.length === 0) return t("code.releasedNote");
  return t("code.doubtfulNote");
}

/** What is wrong, for the person who is told of it. Undefined: nothing is. */
function faultOf(found: Exclude<Found, { kind: "dev" }>): string | undefined {
  if (found.kind === "doubtful") return t(`code.why.${found.why}`);
  if (found.kind !== "released" || found.different.length === 0) return undefined;
  const paths = found.different.slice(0, namesMax).join(locale.value === "en" ? ", " : "、");
  return t("code.different", { paths });
}

function factsOf(found: Exclude<Found, { kind: "dev" }>, at: string): readonly (readonly [string, string])[] {
  const last = [
    [t("code.print"), found.print],
    [t("code.at"), at],
  ] as const;
  if (found.kind !== "released") return last;
  return [
    [t("code.version"), found.version],
    [t("code.commit"), found.commit],
    [t("code.signers"), found.signers.join("\n")],
    ...(found.different.length === 0 ? [[t("code.files"), t("code.filesOf", { kept: `${found.kept}` })] as const] : []),
    ...last,
  ];
}
