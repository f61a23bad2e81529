/**
 * Import of chats: a file from this app, WeChat, WhatsApp or Telegram becomes read-only history (docs/spec/keeping.md
 * KP9).
 */
import { FolderInput } from "lucide";
import { useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { api, errorCode, errorWords } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { authorsOf, ImportError } from "./import/imported.ts";
import { type ImportedChats, readImport } from "./import/read-import.ts";
import { type ImportProgress, type ImportResult, isAsked, runImport } from "./import/run-import.ts";

type State =
  | { readonly step: "ready" }
  | { readonly step: "reading" }
  | { readonly step: "asking"; readonly brought: ImportedChats; readonly authors: readonly string[] }
  | { readonly step: "bringing"; readonly told: ImportProgress }
  | { readonly step: "done"; readonly result: ImportResult }
  | { readonly step: "failed"; readonly error: unknown };

const authorsShown = 30;

export function Import() {
  const [state, setState] = useState<State>({ step: "ready" });
  const input = useRef<HTMLInputElement>(null);

  const bring = async (brought: ImportedChats, me: string | undefined) => {
    const told = (now: ImportProgress) => setState({ step: "bringing", told: now });
    told({ chats: 0, of: brought.chats.length, messages: 0 });
    try {
      setState({ step: "done", result: await runImport(api, brought, me, told) });
    } catch (error) {
      setState({ step: "failed", error });
    } finally {
      await brought.close();
    }
  };
  const read = async (file: File) => {
    setState({ step: "reading" });
    try {
      const brought = await readImport(file, file.name);
      const [only] = brought.chats;
      const chat = brought.chats.length === 1 ? await only?.read() : undefined;
      const authors = chat !== undefined && isAsked(chat) ? authorsOf(chat).slice(0, authorsShown) : [];
      if (authors.length > 0) setState({ step: "asking", brought, authors });
      else await bring(brought, undefined);
    } catch (error) {
      setState({ step: "failed", error });
    }
  };
  const isBusy = state.step === "reading" || state.step === "bringing";
  return (
    <>
      <div class="group carry-what">
        <span class="ico" aria-hidden="true">
          <Icon of={FolderInput} />
        </span>
        <p>{t("import.what")}</p>
        <p class="page-note">{t("import.how")}</p>
      </div>
      <div class="page-acts" role="status" data-testid="import" data-step={state.step}>
        {isBusy && (
          <p class="sheet-note">{t("import.busy", { n: state.step === "bringing" ? state.told.messages : 0 })}</p>
        )}
        {state.step === "failed" && (
          <p class="sheet-note" data-testid="import-fault">
            {faultWords(state.error)}
          </p>
        )}
        {state.step === "done" && <Done result={state.result} />}
        <input
          ref={input}
          type="file"
          accept=".zip,.txt,.json,.csv,.html,.htm,application/zip,text/plain,application/json,text/csv,text/html"
          hidden
          data-testid="import-input"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = "";
            if (file !== undefined) void read(file);
          }}
        />
        {!isBusy && (
          <button type="button" class="btn fill" data-testid="import-choose" onClick={() => input.current?.click()}>
            {t("import.choose")}
          </button>
        )}
      </div>
      {state.step === "asking" && (
        <Sheet title={t("import.who")} onClose={() => setState({ step: "ready" })} testId="import-who">
          <h2 class="sheet-title">{t("import.who")}</h2>
          <div class="choice">
            {state.authors.map((name) => (
              <button key={name} type="button" onClick={() => void bring(state.brought, name)}>
                <span>{name}</span>
              </button>
            ))}
            <button type="button" data-testid="import-nobody" onClick={() => void bring(state.brought, undefined)}>
              <span>{t("import.nobody")}</span>
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}

function Done({ result }: { result: ImportResult }) {
  const [first] = result.conversations;
  return (
    <>
      <p class="sheet-note" data-testid="import-done">
        {t("import.done", { n: result.messages, chats: result.conversations.length })}
        {result.missing > 0 && ` ${t("import.missing", { n: result.missing })}`}
      </p>
      {first !== undefined && (
        <Link to={{ name: "chat", id: first }} class="btn fill" data-testid="import-open">
          {t("import.open")}
        </Link>
      )}
    </>
  );
}

/** Text for a fault, and the part of the file that has it. */
function faultWords(error: unknown): string {
  if (error instanceof ImportError) return t(`import.fault.${error.code}`, { where: error.where });
  return errorCode(error) === "storage" ? errorWords(error) : t("import.fault.damaged", { where: "" });
}
