// @vitest-environment node
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const PLANTED = {
  LIVEKIT_API_SECRET: 'planted-livekit-secret-0123456789',
  GOOGLE_API_KEY: 'AIzaPlanted0123456789',
  PAGE_ACCESS_CODE: 'planted-access-code',
};
const LIMIT = 300_000;

let files: Rolldown.RolldownOutput['output'];

beforeAll(async () => {
  for (const [name, value] of Object.entries(PLANTED)) vi.stubEnv(name, value);
  // Else React's development build would be weighed.
  vi.stubEnv('NODE_ENV', 'production');
  const root = `${import.meta.dirname}/..`;
  const built = await build({ root, logLevel: 'silent', build: { write: false } });
  files = (built as Rolldown.RolldownOutput).output;
}, 60_000);

afterAll(() => {
  vi.unstubAllEnvs();
});

function textOf(file: (typeof files)[number]): string {
  return file.type === 'chunk' ? file.code : Buffer.from(file.source).toString();
}

describe('the built page', () => {
  it('is 300 kB at most, gzipped', () => {
    const sizes = files.map((file) => gzipSync(textOf(file)).length);
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    console.info(`the page: ${Math.round(whole / 1000)} kB gzipped in ${files.length} files`);
    expect(whole).toBeLessThanOrEqual(LIMIT);
  });

  it('holds no secret: neither what stood in the environment nor what looks like one', () => {
    const whole = files.map(textOf).join('\n');
    for (const value of Object.values(PLANTED)) expect(whole).not.toContain(value);
    expect(whole).not.toMatch(/AIza[\w-]{20}|eyJ[\w-]{20,}\.eyJ|-----BEGIN|never-use-it-elsewhere/);
  });

  it('paints the join screen without LiveKit', () => {
    const entry = files.find((file) => file.type === 'chunk' && file.isEntry);
    if (entry?.type !== 'chunk') throw new Error('no entry');
    const first = [entry.fileName, ...entry.imports];
    const modules = files.flatMap((file) =>
      file.type === 'chunk' && first.includes(file.fileName) ? file.moduleIds : [],
    );
    expect(modules.some((name) => name.includes('react-dom'))).toBe(true);
    expect(modules.filter((name) => name.includes('livekit'))).toEqual([]);
  });

  it('runs no script that stands in the page itself, as its policy demands', () => {
    const page = files.find((file) => file.fileName === 'index.html');
    if (!page) throw new Error('no page');
    const html = textOf(page);
    expect(html.match(/<script(?![^>]*\bsrc=)/g)).toBeNull();
    expect(html).not.toMatch(/\son\w+=|javascript:|<style/);
    expect(html).not.toContain('modulepreload');
  });
});
