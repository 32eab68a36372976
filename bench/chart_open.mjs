// How long a chart takes to open in a browser, and what live charts cost it. Called by bench/chart_open.sh with
// --url (a running server with the tables of bench/chart_data.py). Prints a table; fails when a chart shows no rows.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';

const web = fileURLToPath(new URL('../web/', import.meta.url));
const require = createRequire(`${web}package.json`);
const { chromium } = require('@playwright/test');
const { build, preview } = await import(require.resolve('vite').replace(/index\.cjs$/, 'dist/node/index.js'));

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, rounds: { type: 'string', default: '5' }, pictures: { type: 'string' }, browser: { type: 'string', default: '/usr/bin/chromium' } },
});
const rounds = Number(options.rounds);
const LIVE_SECONDS = 10;
const SIZE = { width: 1280, height: 800 };
const LARGE = { width: 1920, height: 1300 };

const ONE = 'SELECT time, value FROM one';
const MANY = 'SELECT time, host, value FROM many';
const LIVE = 'SELECT time, host, value FROM live';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const percentile = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) * part)];
const line = (what, figure) => console.log(`${what.padEnd(64)} ${figure}`);

// The page of the charts' folder, built as the product is, served with the API behind it.
async function servePage() {
  process.env.STREAMFLOW_URL = options.url;
  const page = { root: `${web}src/chart/bench`, configFile: `${web}vite.config.ts`, logLevel: 'error', base: '/' };
  const outDir = fileURLToPath(new URL('../build/web/chart-bench', import.meta.url));
  await build({ ...page, build: { outDir, emptyOutDir: true } });
  const proxy = { '/api': { target: options.url, changeOrigin: true, headers: { origin: options.url, 'sec-fetch-site': 'same-origin' } } };
  const server = await preview({ ...page, build: { outDir }, preview: { host: '127.0.0.1', port: 0, proxy } });
  return { server, address: server.resolvedUrls.local[0] };
}

function address(base, view, sql, more = {}) {
  return `${base}?${new URLSearchParams({ view, sql, ...more })}`;
}

// Milliseconds from navigation to the picture on the screen.
async function opened(browser, url) {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(url);
  await page.waitForFunction(() => document.body.dataset.drawn, undefined, { timeout: 30_000 });
  const drawn = Number(await page.evaluate(() => document.body.dataset.drawn));
  const fetched = await page.evaluate(() => {
    const entry = performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/v1/chart'));
    return { wait: entry.responseEnd - entry.startTime, bytes: entry.decodedBodySize };
  });
  await page.close();
  return { drawn, ...fetched };
}

async function measureOpening(browser, base, name, view, sql, more) {
  const runs = [];
  await opened(browser, address(base, view, sql, more)); // the first load fills the browser's caches
  for (let round = 0; round < rounds; round++) runs.push(await opened(browser, address(base, view, sql, more)));
  const all = median(runs.map(({ drawn }) => drawn));
  const wait = median(runs.map((run) => run.wait));
  line(name, `${all.toFixed(0)} ms from navigation to drawn, ${wait.toFixed(0)} of them the request (${(runs[0].bytes / 1024).toFixed(0)} KiB)`);
}

// CPU seconds of a process and its children so far.
function cpuSeconds(root) {
  const children = new Map();
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n').map((row) => row.trim().split(/\s+/).map(Number));
  for (const [pid, parent] of processes) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const ticks = (pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100 + (children.get(pid) ?? []).reduce((sum, child) => sum + ticks(child), 0);
    } catch {
      return 0; // it ended meanwhile
    }
  };
  return ticks(root);
}

async function measureLive(browserServer, browser, base, name, view, sql, more) {
  const page = await browser.newPage({ viewport: LARGE }); // charts out of sight rest
  await page.goto(address(base, view, sql, more));
  await page.waitForFunction(() => document.querySelectorAll('[data-state=drawn]').length > 0, undefined, { timeout: 30_000 });
  await page.waitForTimeout(2000);
  const drawn = await page.evaluate(() => document.querySelectorAll('[data-state=drawn]').length);
  await page.evaluate(() => (window.frameGaps.length = 0));
  const before = cpuSeconds(browserServer.process().pid);
  await page.waitForTimeout(LIVE_SECONDS * 1000);
  const share = (cpuSeconds(browserServer.process().pid) - before) / LIVE_SECONDS;
  const gaps = await page.evaluate(() => window.frameGaps);
  line(name, `${(share * 100).toFixed(0)}% of a core, frames ${median(gaps).toFixed(1)} ms (p95 ${percentile(gaps, 0.95).toFixed(1)}, p99 ${percentile(gaps, 0.99).toFixed(1)}), ${drawn} drawn`);
  await page.close();
}

async function takePictures(browser, base, folder) {
  const charts = [
    ['line', ONE, {}], ['split', MANY, { split: 'host' }], ['candles', ONE, { kind: 'candlestick' }], ['scatter', MANY, { kind: 'scatter', split: 'host' }],
    ['area', MANY, { kind: 'area', split: 'host' }], ['bars', ONE, { kind: 'bar', from: '1700000000000000000', to: '1700000060000000000' }],
    ['axes', 'SELECT time, value, value * 1e6 AS traffic, sin(value) AS phase, value / 100 AS share FROM one', {
      y: JSON.stringify([{ column: 'value' }, { column: 'traffic', axis: 1, unit: 'bytes' }, { column: 'phase', axis: 2, unit: '°' }, { column: 'share', axis: 3, unit: 'ratio' }]),
    }],
  ];
  for (const scheme of ['light', 'dark']) {
    for (const [name, sql, more] of charts) {
      const page = await browser.newPage({ viewport: { width: 1100, height: 430 }, colorScheme: scheme });
      await page.goto(address(base, 'chart', sql, more));
      await page.waitForFunction(() => document.body.dataset.drawn, undefined, { timeout: 30_000 });
      await page.mouse.move(600, 150);
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
      await page.close();
    }
  }
}

const { server, address: base } = await servePage();
const browserServer = await chromium.launchServer({ executablePath: options.browser, args: FLAGS });
const browser = await chromium.connect(browserServer.wsEndpoint());
try {
  if (options.pictures) {
    await takePictures(browser, base, options.pictures);
  } else {
    await measureOpening(browser, base, 'chart, 10 M points, 1 series', 'chart', ONE);
    await measureOpening(browser, base, 'uPlot on the same frame', 'uplot', ONE);
    await measureOpening(browser, base, 'chart, 10 M points, 8 series', 'chart', MANY, { split: 'host' });
    await measureOpening(browser, base, 'uPlot on the same frame', 'uplot', MANY, { split: 'host' });
    await measureLive(browserServer, browser, base, 'one live chart, 8 series x 2 k points, every second', 'live', LIVE, { split: 'host' });
    await measureLive(browserServer, browser, base, '20 live panels, 8 series each, every second', 'panels', LIVE, { split: 'host' });
  }
} finally {
  await browser.close();
  await browserServer.close();
  await server.close();
}
