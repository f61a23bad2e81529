/** Adds a passkey to the lock (docs/spec/store.md ST34): asks for the code first, then for the passkey. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { type Asked, askForLock, makeForLock } from "../../shared/lock-passkey.ts";
import { type LockRecord, readLock } from "../../shared/lock-record.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { forgetCredential } from "../../shell/webauthn.ts";
import { onLockMessage, tell } from "./guard.ts";
import { KnownSecret } from "./known-secret.tsx";

/** Longest wait until the passkey is in the lock's record. */
const keptMsMax = 10_000;

export function AddPasskeySheet({ record, onClose }: { record: LockRecord; onClose: () => void }) {
  const [isKnown, setKnown] = useState(false);
  const [state, setState] = useState<"ready" | "busy" | "put-off" | "unable">("ready");
  /** A passkey without a PRF output yet: it is asked again, or, when the sheet closes, forgotten. */
  const made = useRef<Asked | undefined>(undefined);
  useEffect(() => onLockMessage(({ kind }) => kind === "right" && setKnown(true)), []);
  useEffect(
    () => () => {
      if (made.current !== undefined) void forgetCredential(made.current.id);
    },
    [],
  );
  const add = async () => {
    setState("busy");
    const secret = await secretOf(made.current).catch(() => "unable" as const);
    if (typeof secret === "string") return setState(secret);
    made.current = secret.asked;
    if (secret.secret === undefined || !(await kept(secret.asked, secret.secret))) return setState("put-off");
    made.current = undefined;
    onClose();
  };
  return (
    <Sheet title={t("lock.passkey")} onClose={onClose} testId="lock-sheet">
      <h2 class="sheet-title">{t("lock.passkey")}</h2>
      {isKnown ? (
        <>
          <p class="sheet-note">{t("lock.passkeyAbout")}</p>
          <p class="sheet-note">{t("lock.passkeyHonest")}</p>
          <p class="sheet-note lock-said" role="status" data-testid="lock-passkey-said">
            {state === "busy" ? t("lock.passkeyWaits") : state !== "ready" && t(`lock.passkey.${state}`)}
          </p>
          <div class="sheet-acts">
            <button
              type="button"
              class="btn fill"
              data-testid="lock-passkey-do"
              disabled={state === "busy"}
              aria-busy={state === "busy"}
              onClick={() => void add()}
            >
              {t("lock.passkeyDo")}
            </button>
            <button type="button" class="btn plain" onClick={onClose}>
              {t("action.cancel")}
            </button>
          </div>
        </>
      ) : (
        <KnownSecret
          record={record}
          ready={t(record.asks === "digits" ? "lock.passkeyFirst" : "lock.passkeyFirstWords")}
          busy={t("lock.checking")}
          onSecret={(secret) => tell({ kind: "check", secret })}
        />
      )}
    </Sheet>
  );
}

/** The PRF output of the passkey that was made before, or of a new one. */
async function secretOf(
  made: Asked | undefined,
): Promise<{ readonly asked: Asked; readonly secret: Uint8Array | undefined } | "put-off" | "unable"> {
  if (made !== undefined) return { asked: made, secret: await askForLock(made) };
  const answer = await makeForLock({ app: t("app.name"), passkey: t("lock.passkeyName", { device: deviceName() }) });
  switch (answer.kind) {
    case "made":
      return answer;
    case "unasked":
      return { asked: answer.asked, secret: undefined };
    default:
      return answer.kind;
  }
}

/** Adds the passkey to the lock; resolves with whether it is in the lock's record. */
function kept(asked: Asked, secret: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isKept: boolean) => {
      clearTimeout(timer);
      stop();
      resolve(isKept);
    };
    const timer = setTimeout(() => done(false), keptMsMax);
    const look = async () => {
      if ((await readLock())?.passkey?.id === asked.id) done(true);
    };
    const stop = onLockMessage(({ kind }) => {
      if (kind === "changed") void look();
    });
    tell({ kind: "add-passkey", asked, secret });
  });
}

/** Names to find in the user agent. The first match counts, since an Android phone also says "Linux". */
const deviceNames = ["iPhone", "iPad", "Android", "CrOS", "Mac", "Windows", "Linux"];

/** The kind of device, for the passkey's name in the system's list. */
function deviceName(): string {
  return deviceNames.find((name) => navigator.userAgent.includes(name)) ?? "";
}
