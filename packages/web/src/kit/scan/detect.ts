/**
 * Finds QR codes: with the browser's BarcodeDetector, else with a WebAssembly one from our own origin, loaded at its
 * first use.
 */
export type Detect = (source: ImageBitmapSource) => Promise<string | undefined>;

type Detector = { detect(source: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

export async function loadDetector(): Promise<Detect> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  // Some browsers have the class but support no format.
  const isOwnUsable = own !== undefined && (await own.getSupportedFormats()).includes("qr_code");
  const detector: Detector = isOwnUsable ? new own({ formats: ["qr_code"] }) : await loadPolyfill();
  return async (source) => (await detector.detect(source))[0]?.rawValue;
}

async function loadPolyfill(): Promise<Detector> {
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasmUrl }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  // By default the library loads from a public CDN, which our policy forbids, and which would learn of each scan.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}
