// The page's icons: 16 × 16, drawn with strokes in the text's colour.
const PATHS = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.7 10.7 14 14',
  play: 'M4.5 2.8v10.4L13 8Z',
  stop: 'M4 4h8v8H4Z',
  chevronRight: 'm6 3.5 4.5 4.5L6 12.5',
  chevronDown: 'm3.5 6 4.5 4.5L12.5 6',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  table: 'M2 3h12v10H2ZM2 6.5h12M6.5 6.5V13',
  chart: 'M2 2v12h12M4.5 10.5 7 7l2.5 2L13 4',
  plan: 'M2 3.5h12M2 8h8M2 12.5h5',
  history: 'M2.5 8A5.5 5.5 0 1 0 4 4.2L2.5 5.6M2.5 2.5v3.1h3.1M8 5v3.2l2 1.3',
  format: 'M2 3h12M5 6.5h9M5 9.5h6M2 13h12',
  share: 'M8 10V2M5 4.5 8 2l3 2.5M3 8v5.5h10V8',
  download: 'M8 2v8M5 7.5 8 10l3-2.5M3 13.5h10',
  close: 'm3.5 3.5 9 9M12.5 3.5l-9 9',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  copy: 'M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8Z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  system: 'M2 3h12v8H2ZM6 13.5h4M8 11v2.5',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.3A1.8 1.8 0 1 1 8 8.6v.6M8 11.3v.1',
  book: 'M3 2.5h4a1.5 1.5 0 0 1 1 .5 1.5 1.5 0 0 1 1-.5h4v10H9a1.5 1.5 0 0 0-1 .6 1.5 1.5 0 0 0-1-.6H3ZM8 3v10',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  warning: 'M8 2.2 14.5 13.5h-13ZM8 6.5v3.2M8 11.6v.1',
  filter: 'M2 3h12L9.5 8.3v4.2l-3 1.3V8.3Z',
  key: 'M5.5 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM7.7 7.8 13 2.5M10.8 4.7l2 2',
  menu: 'M2 4h12M2 8h12M2 12h12',
  plus: 'M8 3v10M3 8h10',
  live: 'M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
