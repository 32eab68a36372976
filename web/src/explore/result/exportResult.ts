// Downloads a result straight from the server, so that its size does not matter to the page.
import { currentKey } from '../../api/credentials';
import { apiFetch } from '../../api/http';
import { sqlPath } from '../../api/sql';

export type ExportFormat = 'csv' | 'json' | 'arrow';

const MEDIA: Record<ExportFormat, string> = {
  csv: 'text/csv', json: 'application/json', arrow: 'application/vnd.apache.arrow.stream',
};
const EXTENSION: Record<ExportFormat, string> = { csv: 'csv', json: 'json', arrow: 'arrows' };
const LINK_CHARACTERS_MAX = 8000; // a request's head has 32 KiB; proxies allow less

export function fileName(format: string, now = new Date()): string {
  return `streamflow-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}.${format}`;
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  saveUrl(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function saveUrl(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

// A plain link lets the browser write to disk as rows arrive. It cannot carry a key, nor a very long statement: then the
// page fetches the result and hands it over whole.
export async function exportResult(sql: string, format: ExportFormat, project: string | undefined): Promise<void> {
  const name = fileName(EXTENSION[format]);
  const parameters = new URLSearchParams({ query: sql, format, ...(project ? { project } : {}) });
  if (currentKey() === undefined && parameters.toString().length <= LINK_CHARACTERS_MAX) {
    saveUrl(`/api/v1/sql?${parameters.toString()}`, name);
    return;
  }
  const response = await apiFetch(sqlPath(project), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: MEDIA[format] },
    body: JSON.stringify({ query: sql }),
  });
  saveBlob(await response.blob(), name);
}
