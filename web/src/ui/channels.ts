import type { GlyphName } from "./Glyph.tsx";

const GLYPHS: Record<string, GlyphName> = { email: "mail", ntfy: "bell", webhook: "hook" };

/** The glyph of a channel; a channel we have no drawing for is a message like any other. */
export function channelGlyph(channel: string): GlyphName {
  return GLYPHS[channel] ?? "page";
}
