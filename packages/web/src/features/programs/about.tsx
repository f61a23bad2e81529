/** About a program: what it is and may, the star, and what it stored. */
import { type Answers, type Wish, wishes } from "@yanshu/mini";
import {
  ClipboardPaste,
  Download,
  Eraser,
  MapPin,
  Send,
  Signature,
  Star,
  Store,
  Trash2,
  Upload,
  UserRound,
} from "lucide";
import { useState } from "preact/hooks";
import { saveAs } from "../../kit/bytes.ts";
import { chooseFiles } from "../../kit/send-files.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ask, confirm, Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { SendOn } from "./send-on.tsx";
import { type StoredKind, storedFile, storedFileBytesMax, storedIn } from "./stored-file.ts";
import { wishWords } from "./wishes.ts";

const nameMax = 60;

type AboutProps = {
  readonly id: string;
  readonly name: string;
  /** Undefined: it has none. */
  readonly version?: string;
  /** It was opened from a chat, and shares state with its members. */
  readonly isShared: boolean;
  /** How the account is called that gave it and may be asked. */
  readonly publisher?: string;
  /** What the person said to its wishes. */
  readonly answers?: Answers;
  /** Where they said so, and where it stores. */
  readonly scope: string;
  readonly stores: StoredKind;
  /** What it is told there that the person is called, in place of their name. */
  readonly called: string;
  readonly onCalled: (name: string) => void;
  /** @param isYes undefined: it is asked again. */
  readonly onAnswer?: (what: Wish, isYes: boolean | undefined) => void;
  readonly onClose: () => void;
  /** Ends the program: nothing that it says is heard once this returned. */
  readonly onGone: () => void;
};

export function About(props: AboutProps) {
  const {
    id,
    name,
    version,
    isShared,
    publisher,
    answers = {},
    scope,
    stores,
    called,
    onCalled,
    onAnswer,
    onClose,
    onGone,
  } = props;
  const [said, setSaid] = useState<Readonly<Partial<Record<Wish, boolean | "asked again">>>>(answers);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const [isSending, setSending] = useState(false);
  const change = async (what: Wish, isOn: boolean) => {
    // What was allowed and is taken back is asked again; a no stays one until it is turned (PR81).
    const isYes = isOn ? true : undefined;
    if (!(await succeeds(() => api.answerProgram(id, what, isYes, scope)))) return;
    setSaid({ ...said, [what]: isYes ?? "asked again" });
    onAnswer?.(what, isYes);
  };
  const words =
    publisher === undefined ? t(isShared ? "program.shares" : "program.may") : t("program.writes", { who: publisher });
  const of = version === undefined ? [] : [t("program.version", { version })];
  const isStarred = useView("programs")?.some((one) => one.id === id && one.isStarred) === true;
  const calls = async () => {
    const said = await ask({
      title: t("program.calls"),
      label: t("program.calls"),
      value: called,
      action: t("action.save"),
      lengthMax: nameMax,
    });
    if (said === undefined) return;
    if (await succeeds(() => api.nameForProgram(id, said, scope))) onCalled(said);
  };
  const lose = async (what: "clear" | "remove", work: () => Promise<void>) => {
    const action = t(`program.${what}`);
    if (!(await confirm({ title: action, note: t(`program.${what}Note`), action, danger: true }))) return;
    // First it ends: one that still ran would write all of it again.
    onGone();
    await succeeds(work);
  };
  const clear = () => lose("clear", () => api.clearProgram(id));
  const remove = () => lose("remove", () => api.removeProgram(id));
  const restore = async (file: File | undefined) => {
    if (file === undefined) return;
    const stored = file.size > storedFileBytesMax ? undefined : storedIn(await file.text(), stores);
    setFault(stored === undefined ? t("program.importBad") : undefined);
    if (stored === undefined) return;
    const action = t("program.importYes");
    if (!(await confirm({ title: t("program.import"), note: t("program.importNote"), action, danger: true }))) return;
    onGone();
    if (await succeeds(() => api.restoreProgram(id, stored, scope))) toast(t("program.imported"));
  };
  return (
    <Sheet title={name} testId="program-about" onClose={onClose}>
      <h2 class="sheet-title">{name}</h2>
      <p class="program-words">{words}</p>
      <p class="program-note">{[t("program.unsigned"), ...of].join(" · ")}</p>
      <div class="group">
        <SettingSwitch
          icon={Star}
          label={t("program.star")}
          testId="program-star"
          isOn={isStarred}
          onChange={(isOn) => void succeeds(() => api.starProgram(id, isOn))}
        />
        <SettingButton
          icon={Send}
          label={t("program.sendOn")}
          testId="program-send-on"
          onClick={() => setSending(true)}
        />
      </div>
      <div class="group">
        <SettingButton
          icon={Signature}
          label={t("program.calls")}
          note={t("program.callsNote")}
          value={called}
          testId="program-calls"
          onClick={() => void calls()}
        />
        {wishes.map((what) =>
          said[what] === undefined ? null : (
            <SettingSwitch
              key={what}
              icon={wishIcons[what]}
              label={t(wishWords[what].may, { who: publisher ?? "" })}
              {...(said[what] === "asked again" ? { note: t("program.askedAgain") } : {})}
              testId={`program-may-${what}`}
              isOn={said[what] === true}
              onChange={(isOn) => void change(what, isOn)}
            />
          ),
        )}
      </div>
      <div class="group">
        <SettingButton
          icon={Download}
          label={t("program.export")}
          testId="program-export"
          onClick={() => void takesOut(id, name, scope, stores)}
        />
        <SettingButton
          icon={Upload}
          label={t("program.import")}
          {...(fault === undefined ? {} : { note: fault })}
          testId="program-import"
          onClick={() => chooseFiles(".json,application/json", ([file]) => void restore(file))}
        />
        <SettingButton icon={Eraser} label={t("program.clear")} testId="program-clear" onClick={() => void clear()} />
        <SettingButton
          icon={Trash2}
          label={t("program.remove")}
          danger
          testId="program-remove"
          onClick={() => void remove()}
        />
      </div>
      {isSending && (
        <SendOn id={id} file={`${name}.${stores === "json" ? "ymp" : "xdc"}`} onClose={() => setSending(false)} />
      )}
    </Sheet>
  );
}

const wishIcons = { name: UserRound, place: MapPin, clipboard: ClipboardPaste, publisher: Store } as const;

/** What it stored there, as a file. */
async function takesOut(id: string, name: string, scope: string, stores: StoredKind): Promise<void> {
  const here = await attempt(() => api.openProgram(id, true, scope));
  if (here === undefined) return;
  const text = storedFile(id, name, here.stored, stores);
  await saveAs({ bytes: new TextEncoder().encode(text), type: "application/json" }, `${name}.json`);
}
