/** Files: sent and fetched, through a home that may die and networks that break. Half of what is sent is a photo. */
import type { Source } from "@yanshu/client";
import { testFeature } from "../feature.ts";
import { type Act, anybody, anywhere, label } from "../sim/acts/act.ts";
import { fileBytes } from "../sim/words.ts";

/** What fits into a message and what does not; small, so that a seed stays quick. */
const sizes = [900, 6_000, 40_000];

const send: Act = (sim) => {
  if (sim.world.blobs === undefined) return undefined;
  const at = anywhere(sim, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = sim.ledger.say(sim, person, standing.conversation);
  sim.ledger.saidAgain.add(said.text); // Its place is where it was when its file was stored (ME6).
  const bytes = fileBytes(said.text, sim.chance.pick(sizes));
  const source: Source = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  if (sim.chance.next() < 0.5)
    sim.ask(person, "file", (api) =>
      api.sendFile(standing.conversation, { source, name: said.text, type: "application/octet-stream" }),
    );
  else {
    const picture = { source, type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
    sim.ask(person, "photos", (api) =>
      api.sendPhotos(standing.conversation, { pictures: [picture], caption: said.text }),
    );
  }
  return `sends ${bytes.length} bytes: ${said.text}`;
};

const fetch: Act = (sim) => {
  const person = sim.world.blobs === undefined ? undefined : anybody(sim);
  const handles = person?.disk.all<{ handle: Uint8Array }>("SELECT handle FROM blobs") ?? [];
  if (person === undefined || handles.length === 0) return undefined;
  const handle = Buffer.from(sim.chance.pick(handles).handle).toString("hex");
  sim.ask(person, "fetch", (api) => api.moveFile(handle));
  return `${person.device} fetches ${label(handle)}`;
};

export const files = testFeature({
  titles: { file: ({ name }) => name },
  files: { file: ({ file }) => [{ file }] },
  acts: [
    [2, "files", send],
    [1, "files", fetch],
  ],

  messages: [
    ({ canaries, from, chat, bytes }) =>
      from.api.sendFile(chat, {
        source: bytes("bytes of a file", 300_000),
        name: `报价 ${canaries.text("name of a file")}.pdf`,
        type: "application/pdf",
      }),
  ],

  corpus: ({ ann, chat }) => ann.api.sendFile(chat, { source: new Blob(["一页"]), name: "页.txt", type: "text/plain" }),
});
