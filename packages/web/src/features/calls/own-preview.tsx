/**
 * Own preview: while a video call rings, one may look at oneself, and nobody else does (CA263 in README.md). The camera
 * opens by a tap alone: a ring is made by somebody else, and must light no lamp. The microphone stays closed.
 */
import { signal } from "@preact/signals";
import { Video, VideoOff } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { elder } from "../../shell/prefs.ts";
import { toast } from "../../shell/toast.tsx";
import { facing, picture } from "./devices.ts";

const preview = signal<MediaStream | undefined>(undefined);
/** Of the preview a picture has come. A camera may be slow to begin, and black would look like a fault. */
export const isPreviewed = signal(false);
/** Incremented at each request and each end: a camera that is given after its ring is closed at once. */
let wishes = 0;

export async function openPreview(): Promise<void> {
  const wish = ++wishes;
  const stream = await navigator.mediaDevices.getUserMedia({ video: picture() }).catch(() => undefined);
  if (wish !== wishes) stop(stream);
  else if (stream === undefined) toast(t("call.noCamera"));
  else preview.value = stream;
}

/** The track of the preview, for the call that is being answered with it. */
export function takePreview(): MediaStreamTrack | undefined {
  const [track] = preview.peek()?.getVideoTracks() ?? [];
  wishes++;
  preview.value = undefined;
  isPreviewed.value = false;
  return track;
}

export const closePreview = (): void => takePreview()?.stop();

function stop(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Stands while one call rings; its key is the call. In elder mode there is the face of who calls, and no more. */
export function OwnPreview({ media }: { media: "voice" | "video" }) {
  const ref = useRef<HTMLVideoElement>(null);
  const stream = preview.value;
  useEffect(() => closePreview, []);
  useEffect(() => {
    if (ref.current !== null) ref.current.srcObject = stream ?? null;
  }, [stream]);
  if (media !== "video" || elder.value) return null;
  return (
    <>
      {stream !== undefined && (
        <video
          ref={ref}
          class={`them ${facing.value === "user" ? "mirrored" : ""}`}
          hidden={!isPreviewed.value}
          onLoadedData={() => {
            isPreviewed.value = true;
          }}
          autoplay
          playsInline
          muted
          data-testid="call-preview"
        />
      )}
      <div class="call-look">
        {stream !== undefined && (
          <p class="call-note" data-testid="call-self-only">
            {t("call.selfOnly")}
          </p>
        )}
        <button
          type="button"
          class="btn soft"
          data-testid="call-look"
          onClick={() => (stream === undefined ? void openPreview() : closePreview())}
        >
          <Icon of={stream === undefined ? Video : VideoOff} size="s" />
          {t(stream === undefined ? "call.look" : "call.camOff")}
        </button>
      </div>
    </>
  );
}
