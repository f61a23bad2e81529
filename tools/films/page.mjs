/**
 * In the browser: draws each film that the maker asks for, frame by frame and so the same at any speed, and hands it
 * back. A look along a picture, and a tune of its own; H.264 and AAC where the browser encodes them.
 */
import {
  AudioBufferSource,
  BufferTarget,
  CanvasSource,
  getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
} from "/mediabunny.mjs";

const rate = 48_000;
const framesPerSecond = 24;
const videoBits = 800_000;
const audioBits = 64_000;
const noteSeconds = 0.4;
/** A pentatonic scale in Hz: no two of its notes sound wrong together. */
const scale = [261.6, 293.7, 329.6, 392, 440, 523.3];

for (const spec of await (await fetch("/specs")).json()) {
  const film = await drawn(spec);
  await fetch(`/done/${spec.name}`, { method: "POST", body: film });
}
await fetch("/end", { method: "POST" });

async function drawn({ art, seed, seconds, width, height, words }) {
  const image = new Image();
  image.src = `/art/${art}`;
  await image.decode();
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const video = new CanvasSource(canvas, {
    codec: await getFirstEncodableVideoCodec(["avc", "vp9"], { width, height }),
    quality: new Quality({ bitrate: videoBits }),
    keyFrameInterval: 2,
  });
  const audio = new AudioBufferSource({
    codec: await getFirstEncodableAudioCodec(["aac", "opus"], { numberOfChannels: 1, sampleRate: rate }),
    quality: new Quality({ bitrate: audioBits }),
  });
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  await audio.add(tune(seed, seconds));
  const frames = Math.round(seconds * framesPerSecond);
  for (let frame = 0; frame < frames; frame++) {
    const share = frame / frames;
    const zoom = 1.15 + 0.1 * Math.sin(seed + 2 * Math.PI * share);
    const scaleBy = Math.max(width / image.width, height / image.height) * zoom;
    const [w, h] = [image.width * scaleBy, image.height * scaleBy];
    pen.fillStyle = "#1b1a17";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, (width - w) * (0.5 + 0.5 * Math.sin(seed * 7 + 3 * share)), (height - h) * 0.5, w, h);
    // What moves: leaves that fall, so that no two frames are alike.
    pen.fillStyle = "rgb(255 253 248 / 0.7)";
    for (let leaf = 0; leaf < 14; leaf++) {
      const fall = (share * 1.5 + ((leaf * 37 + seed * 11) % 100) / 100) % 1;
      const x = (((leaf * 61 + seed * 29) % 100) / 100) * width + 30 * Math.sin(fall * 9 + leaf);
      pen.beginPath();
      pen.ellipse(x, fall * height, 7, 3.5, fall * 8 + leaf, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.font = `600 ${Math.round(width / 14)}px serif`;
    pen.textAlign = "center";
    pen.fillStyle = "rgb(20 18 14 / 0.5)";
    pen.fillText(words, width / 2 + 2, height * 0.2 + 2);
    pen.fillStyle = "#fffdf8";
    pen.fillText(words, width / 2, height * 0.2);
    await video.add(frame / framesPerSecond, 1 / framesPerSecond);
  }
  await output.finalize();
  return target.buffer;
}

/** @param seed picks its notes */
function tune(seed, seconds) {
  const samples = new Float32Array(Math.round(seconds * rate));
  for (let at = 0; at < samples.length; at++) {
    const note = Math.floor(at / rate / noteSeconds);
    const within = at / rate - note * noteSeconds;
    const hertz = scale[(note * 5 + seed * 3 + ((note * seed) % 4)) % scale.length];
    samples[at] = 0.25 * Math.exp(-5 * within) * Math.sin(2 * Math.PI * hertz * within);
  }
  const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: rate });
  buffer.copyToChannel(samples, 0);
  return buffer;
}
