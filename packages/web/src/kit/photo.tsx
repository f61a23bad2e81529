/** One picture. Until it is loaded, its place shows the blurred placeholder that came with the message. */
import type { PictureView } from "@yanshu/client";
import { ArrowUp } from "lucide";
import { pictureUrl } from "../shell/picture-url.ts";
import { useView } from "../shell/session.ts";
import { usePictureUrl } from "./bytes.ts";
import { Ring } from "./ring.tsx";
import { shadowOf } from "./shadow.ts";
import { useNear } from "./use-near.ts";
import "../styles/media.css";

/** Size of a picture that is alone in its message, in CSS px: its own aspect ratio, within bounds. */
function shapeOf({ width, height }: PictureView): { width: number; height: number } {
  const [min, max] = [120, 264];
  const scale = Math.min(max / Math.max(width, height), 1);
  return {
    width: Math.min(max, Math.max(min, Math.round(width * scale))),
    height: Math.min(max, Math.max(min, Math.round(height * scale))),
  };
}

/** A picture inside the message is shown at once; any other is fetched when it comes near the screen. */
export function Photo(props: { picture: PictureView; isAlone: boolean }) {
  return props.picture.inline === undefined ? <FetchedPhoto {...props} /> : inlinePhoto(props.picture.inline, props);
}

function inlinePhoto(bytes: Uint8Array, { picture, isAlone }: { picture: PictureView; isAlone: boolean }) {
  return (
    <span class="photo-in">
      <img src={pictureUrl(bytes)} {...sizeOf(picture, isAlone)} alt="" data-testid="photo-sharp" />
      {picture.file !== undefined && <Sending handle={picture.file.handle} />}
    </span>
  );
}

function sizeOf(picture: PictureView, isAlone: boolean): { width: number; height: number } {
  return isAlone ? shapeOf(picture) : { width: 120, height: 120 };
}

function FetchedPhoto({ picture, isAlone }: { picture: PictureView; isAlone: boolean }) {
  const [holder, isNear] = useNear<HTMLSpanElement>();
  const url = usePictureUrl(picture.file, picture.type, isNear);
  const size = sizeOf(picture, isAlone);
  return (
    <span ref={holder} class="photo-in">
      <img class="shadow" src={shadowOf(picture.placeholder)} {...size} alt="" aria-hidden="true" />
      {url !== undefined && <img class="sharp" src={url} {...size} alt="" data-testid="photo-sharp" />}
      {picture.file !== undefined && <Sending handle={picture.file.handle} />}
    </span>
  );
}

function Sending({ handle }: { handle: string }) {
  const transfer = useView("transfer", handle);
  if (transfer?.direction !== "up" || (transfer.state !== "moving" && transfer.state !== "waiting")) return null;
  return (
    <span class="photo-ring">
      <Ring share={transfer.done / Math.max(1, transfer.total)} icon={ArrowUp} />
    </span>
  );
}
