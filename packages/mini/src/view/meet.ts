/** Meeting: how a frame of ours and the app's page find each other (docs/spec/programs.md PR4). */

/**
 * Says to the page around that this frame is there, and takes one port of it. Only the window around is heard.
 *
 * @param begin is called with what begins the program, and the port.
 */
export function meetApp<B extends { readonly kind: "begin" }>(
  begin: (message: B, port: MessagePort) => void | Promise<void>,
): void {
  const meet = ({ source, data, ports }: MessageEvent) => {
    const [port] = ports;
    if (source !== parent || port === undefined || (data as { kind?: unknown } | null)?.kind !== "port") return;
    removeEventListener("message", meet);
    port.onmessage = ({ data: message }: MessageEvent<B>) => {
      if (message.kind === "begin") void begin(message, port);
    };
    port.postMessage({ kind: "frame" });
  };
  addEventListener("message", meet);
  parent.postMessage({ kind: "frame" }, "*");
}
