// Starts the release binary on a free port and a folder of its own, with this machine's metrics arriving every second and
// two tables of known content. Stops it at the end.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(__dirname, '../..');

export const HOURS = 24 * 60;
export const STATIONS = ['harbour', 'hill', 'airport'];

// 60 days of hourly weather at three stations: a daily and a weekly wave, and one gap.
function weather(): string {
  const lines: string[] = [];
  const begin = Date.UTC(2024, 0, 1);
  for (let hour = 0; hour < HOURS; hour += 1) {
    for (const [index, station] of STATIONS.entries()) {
      if (station === 'hill' && hour > 400 && hour < 440) continue;
      const temperature = 8 + 5 * Math.sin(((hour - 8) * Math.PI) / 12) + 3 * Math.sin((hour * Math.PI) / 84) - 2.5 * index;
      const wind = Math.abs(6 + 4 * Math.sin(hour / 31 + index) + 2 * Math.sin(hour / 5));
      const gust = hour % 50 === 0 ? `,gust=${(wind * 1.8).toFixed(2)}` : '';
      const time = `${BigInt(begin + hour * 3_600_000) * 1_000_000n + 123_456_789n}`;
      lines.push(`weather,station=${station} temperature=${temperature.toFixed(3)},wind=${wind.toFixed(3)}${gust} ${time}`);
    }
  }
  return lines.join('\n');
}

// A hostile name and a hostile value, which must be shown as text.
const HOSTILE = 'odd\\ table,tag="<img\\ src\\=x\\ onerror\\=alert(1)>" value=1 1700000000000000001';

export default async function setUp(): Promise<() => Promise<void>> {
  mkdirSync(path.join(root, 'build/e2e'), { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'streamflow-e2e-'));
  const program = path.join(root, 'build/release/streamflow');
  const server = spawn(program, ['serve', '--data-dir', folder, '--host', '127.0.0.1', '--http-port', '0', '--collect-host-metrics', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
    createInterface({ input: server.stdout }).once('line', (line) => resolve((JSON.parse(line) as { url: string }).url));
  });
  process.env.STREAMFLOW_E2E_URL = url;
  process.env.STREAMFLOW_E2E_FOLDER = folder;
  for (const body of [weather(), HOSTILE]) {
    const answer = await fetch(`${url}/api/v1/write?precision=ns`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`writing the test data failed: ${await answer.text()}`);
  }
  return async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}
