type Rgb = [number, number, number];

/**
 * The seller's accent as the widget may use it: `fill` behind `ink`, and `text` in the accent's hue on the widget's own
 * background, each pair with the contrast that WCAG AA asks of text (4.5).
 */
export function accentColors(accent: string, dark: boolean): { fill: string; ink: string; text: string } {
  const given = parse(accent) ?? [79, 70, 229];
  const background: Rgb = dark ? [15, 23, 42] : [255, 255, 255];
  const ink: Rgb = contrast(given, [255, 255, 255]) >= 4.5 ? [255, 255, 255] : [15, 23, 42];
  const fill = toward(given, ink[0] === 255 ? [0, 0, 0] : [255, 255, 255], (color) => contrast(color, ink) >= 4.5);
  const text = toward(given, dark ? [255, 255, 255] : [0, 0, 0], (color) => contrast(color, background) >= 5);
  return { fill: hex(fill), ink: hex(ink), text: hex(text) };
}

function parse(color: string): Rgb | undefined {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (!digits) return undefined;
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as Rgb;
}

/** The first color on the way from one to the other that will do. */
function toward(from: Rgb, to: Rgb, good: (color: Rgb) => boolean): Rgb {
  for (let step = 0; step < 20; step++) {
    const color = from.map((value, index) => Math.round(value + ((to[index] as number) - value) * (step / 20))) as Rgb;
    if (good(color)) return color;
  }
  return to;
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dim, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
