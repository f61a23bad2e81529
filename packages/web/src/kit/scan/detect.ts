/**
 * Finds QR codes: the browser's own detector where there is one, else a wasm one from our own address,
 * loaded when it is first needed.
 */
export type Detect = (source: ImageBitmapSource) => Promise<string | undefined>;

type Detector = { detect(source: ImageBitmapSource): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

export async function loadDetector(): Promise<Detect> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  // Some browsers have the class and no format behind it.
  const isOwnUsable = own !== undefined && (await own.getSupportedFormats()).includes("qr_code");
  const detector: Detector = isOwnUsable ? new own({ formats: ["qr_code"] }) : await loadPolyfill();
  return async (source) => (await detector.detect(source))[0]?.rawValue;
}

async function loadPolyfill(): Promise<Detector> {
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasmUrl }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  // Its default is a public CDN, which the policy forbids and which would learn that somebody scans.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}
