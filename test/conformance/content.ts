/** The smallest valid files of their kinds, in Base64. */

/** A PNG of one red pixel. */
export const RED_PIXEL_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

/** A WAV file (8 kHz, 16 bit, mono) without a single sample. */
export const SILENT_WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

export const IMAGE_BLOCK = { type: 'image' as const, data: RED_PIXEL_PNG, mimeType: 'image/png' };
