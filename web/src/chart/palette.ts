// The page's colours as a canvas needs them: plain rgb() texts for the scheme in force.
export interface Palette {
  ink: string;
  soft: string;
  line: string;
  surface: string;
  rise: string;
  fall: string;
  series: string[];
}

const SERIES_COUNT = 8;

// A custom property may be light-dark(…): the browser resolves it where it is used as a colour.
export function readPalette(element: Element): Palette {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  element.append(probe);
  const color = (name: string, fallback: string): string => {
    probe.style.color = `var(${name}, ${fallback})`;
    return getComputedStyle(probe).color || fallback;
  };
  const palette: Palette = {
    ink: color('--sf-ink', '#12232a'),
    soft: color('--sf-ink-soft', '#4a5f67'),
    line: color('--sf-line', '#dbe3e4'),
    surface: color('--sf-surface', '#ffffff'),
    rise: color('--sf-series-1', '#0b7a73'),
    fall: color('--sf-series-2', '#c2570c'),
    series: Array.from({ length: SERIES_COUNT }, (_, index) => color(`--sf-series-${index + 1}`, '#0b7a73')),
  };
  probe.remove();
  return palette;
}

const channels = (color: string): number[] | undefined => /^rgba?\((\d+), (\d+), (\d+)/.exec(color)?.slice(1).map(Number);

// `part` of one colour in another; what is no rgb() stays as it is.
function mix(color: string, other: string, part: number): string {
  const [one, two] = [channels(color), channels(other)];
  if (!one || !two) return color;
  return `rgb(${one.map((value, index) => Math.round(value * (1 - part) + (two[index] ?? 0) * part)).join(', ')})`;
}

// Series beyond the palette take its hues again, lighter or darker by turns.
export function seriesColor(palette: Palette, index: number): string {
  const base = palette.series[index % palette.series.length] ?? palette.ink;
  const round = Math.floor(index / palette.series.length);
  if (round === 0) return base;
  return mix(base, round % 2 === 1 ? palette.surface : palette.ink, Math.min(0.6, 0.25 * Math.ceil(round / 2)));
}

export function onSchemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme', 'class', 'style'] });
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', changed);
  };
}
