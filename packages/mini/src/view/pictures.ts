/** Pictures that the person chose for a program: the frame shows them, and the program has a path (PR16). */
import type { FromApp } from "../frame-messages.ts";

/** As the app hands one over. */
type Handed = { readonly name: string; readonly bytes: Uint8Array };

/**
 * @param keep makes a picture one that the frame can draw.
 * @returns a message for the program, in which each picture is a path and a size.
 */
export function chosenPictures(keep: (path: string, bytes: Uint8Array) => void): (message: FromApp) => FromApp {
  let count = 0;
  return (message) => {
    const handed =
      message.kind === "result" ? (message.result as { files?: readonly Handed[] } | undefined)?.files : undefined;
    if (message.kind !== "result" || handed === undefined) return message;
    const files = handed.map(({ name, bytes }) => {
      count += 1;
      const path = `tmp/${count}.${/\.(png|jpe?g|gif|webp)$/i.exec(name)?.[1]?.toLowerCase() ?? "jpg"}`;
      keep(path, bytes);
      return { path: `/${path}`, size: bytes.length };
    });
    return { ...message, result: { files } };
  };
}
