/**
 * Builds the app: one small shell, lazy screens, one worker, one hand-written service worker.
 *
 * The served policy forbids inline script and inline style (`script-src 'self'`, `style-src 'self'`), so
 * nothing here may inject either: the modulepreload polyfill is off and every asset stays a file.
 */
import { join } from "node:path";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { chunksOf } from "./build/chunks.ts";
import { compiledCatalogs } from "./build/compiled-catalogs.ts";
import { parts } from "./build/parts.ts";
import { programFrame } from "./build/program-frame.ts";
import { nameWorker, releaseFiles } from "./build/release.ts";

const dist = join(import.meta.dirname, "dist");
const source = join(import.meta.dirname, "src");
const chunks = chunksOf(source);

/** Our packages only define things: whatever needs one function of one shall not load all of it. */
const treeshake = { moduleSideEffects: (id: string) => !/\/packages\/(?:wire|content|client)\//.test(id) };

const reactAliases = [
  { find: /^react$/, replacement: "preact/compat" },
  { find: /^react-dom$/, replacement: "preact/compat" },
  { find: /^react\/jsx-runtime$/, replacement: "preact/jsx-runtime" },
];

const shellFiles =
  /node_modules\/(?:preact|@preact|@lingui)\/|web\/src\/(?:rpc|shell\/(?!qr|virtual|long-press|menu|picture-input|setting|choice|share|kept-scroll|at-work|swipe-back|unseen|motion|drag|forget-page|install-strip|updates|released|webauthn|shortcuts|busy)|locales\/i18n|feature\.ts|features\/(?:[\w-]+\/)?(?:index|in-list|lines)|kit\/(?:time|title|person)\.|screens\/pages)/;

const releasedFiles = /web\/src\/shell\/released\.ts|packages\/release\/|node_modules\/@noble\/(?:curves|hashes)\//;

export default defineConfig({
  plugins: [
    preact({ reactAliasesEnabled: false, devToolsEnabled: false }),
    compiledCatalogs(source),
    parts(source),
    programFrame(join(import.meta.dirname, "../mini/src")),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: ["**/*.{html,css,js,svg,png,webmanifest,wasm}"],
        globIgnores: ["sw*.js"],
        manifestTransforms: [releaseFiles(dist)],
        maximumFileSizeToCacheInBytes: 4 << 20,
        rollupOptions: { treeshake },
      },
    }),
    {
      name: "release",
      apply: "build",
      closeBundle: { sequential: true, order: "post", handler: () => nameWorker(dist) },
    },
  ],
  resolve: { alias: reactAliases },
  worker: { format: "es" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake,
      output: {
        // What every start needs is one file; dozens of small ones would each cost a round trip.
        codeSplitting: {
          groups: [
            { name: "shell", test: shellFiles, priority: 4 },
            // The curve, and what asks it, in one file that comes after the first screen.
            { name: "released", test: releasedFiles, priority: 3 },
            { name: "icons", test: /node_modules\/lucide\//, minShareCount: 2, priority: 3 },
            { name: chunks.first, priority: 2 },
            { name: chunks.ahead, priority: 1 },
          ],
        },
        chunkFileNames: (chunk) => {
          const isExtra = chunk.moduleIds.some((id) =>
            /pinyin-pro|emoji-picker-element-data|barcode-detector|zxing-wasm/.test(id),
          );
          return isExtra ? "assets/lazy-[name]-[hash].js" : "assets/[name]-[hash].js";
        },
      },
    },
  },
});
