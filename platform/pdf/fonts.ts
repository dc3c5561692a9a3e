import { Buffer } from "node:buffer";

/**
 * The fonts of our PDFs, each with Polish letters in the same file; the pages' own come in subsets by
 * alphabet. They are part of the built server, which may read nothing outside of its own folder, and are loaded with
 * the first PDF.
 */
export async function loadPdfFonts() {
  const [regular, strong, display] = await Promise.all([
    import("@expo-google-fonts/ibm-plex-sans/400Regular/IBMPlexSans_400Regular.ttf?inline"),
    import("@expo-google-fonts/ibm-plex-sans/600SemiBold/IBMPlexSans_600SemiBold.ttf?inline"),
    import("@expo-google-fonts/besley/700Bold/Besley_700Bold.ttf?inline"),
  ]);
  return { regular: bytesOf(regular), strong: bytesOf(strong), display: bytesOf(display) };
}

function bytesOf({ default: url }: { default: string }): Buffer {
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}
