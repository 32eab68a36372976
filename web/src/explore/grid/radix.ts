// Stable order of rows by 64-bit keys given as two halves: least-significant-digit radix sort, 16 bits a pass. A million
// rows take tens of milliseconds, which a comparing sort over boxed values does not reach. Passes in which every key has
// the same digit are skipped: most columns need two or three of the four.
const DIGITS = 1 << 16;

export function radixOrder(rows: Uint32Array, high: Uint32Array, low: Uint32Array, descending: boolean): Uint32Array {
  let from = Uint32Array.from(rows);
  let to = new Uint32Array(rows.length);
  const counts = new Uint32Array(DIGITS);
  for (const [half, shift] of [[low, 0], [low, 16], [high, 0], [high, 16]] as const) {
    counts.fill(0);
    for (const row of from) {
      const digit = ((half[row] ?? 0) >>> shift) & 0xffff;
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    const first = from[0];
    if (first !== undefined && counts[((half[first] ?? 0) >>> shift) & 0xffff] === from.length) continue;
    let position = 0;
    for (let step = 0; step < DIGITS; step += 1) {
      const digit = descending ? DIGITS - 1 - step : step;
      const count = counts[digit] ?? 0;
      counts[digit] = position;
      position += count;
    }
    for (const row of from) {
      const digit = ((half[row] ?? 0) >>> shift) & 0xffff;
      const place = counts[digit] ?? 0;
      to[place] = row;
      counts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
