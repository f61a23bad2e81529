/** In the browser: packs a film as HLS (CMAF segments of two seconds) without encoding it anew. */
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  CmafOutputFormat,
  Conversion,
  HlsOutputFormat,
  Input,
  Output,
  PathedTarget,
} from "/mediabunny.mjs";

globalThis.cut = async (count) => {
  for (let at = 0; at < count; at++) {
    const blob = await (await fetch(`/source/${at}`)).blob();
    const parts = new Map();
    const target = new PathedTarget("master.m3u8", ({ path }) => {
      const part = new BufferTarget();
      parts.set(path, part);
      return part;
    });
    const format = new HlsOutputFormat({ segmentFormat: new CmafOutputFormat(), targetDuration: 2 });
    const conversion = await Conversion.init({
      input: new Input({ source: new BlobSource(blob), formats: ALL_FORMATS }),
      output: new Output({ format, target }),
      tags: {},
    });
    await conversion.execute();
    for (const [path, { buffer }] of parts) await fetch(`/hls/${at}/${path}`, { method: "PUT", body: buffer });
  }
  return true;
};
