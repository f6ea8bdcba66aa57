import { describe, expect, it } from 'vitest';
import { frameInWords, MAX_FRAME, parseFrame } from './frames';

const HEAD = { source: 'camera', reason: 'turn' };
const STREAM = { mimeType: 'image/jpeg', size: 40_000, attributes: { at: '1.0', ...HEAD } };

describe('a picture the model was sent', () => {
  it('says what it shows and why it was sent', () => {
    expect(parseFrame(STREAM)).toEqual(HEAD);
    expect(frameInWords(HEAD)).toBe('Camera, when somebody had spoken');
  });

  it.each([
    ['another kind of file', { ...STREAM, mimeType: 'image/svg+xml' }],
    ['one too large', { ...STREAM, size: MAX_FRAME + 1 }],
    ['one without its head', { ...STREAM, attributes: {} }],
    ['one without attributes', { mimeType: 'image/jpeg' }],
  ])('is not %s', (_, stream) => {
    expect(parseFrame(stream)).toBeUndefined();
  });

  it('has words for what the protocol may name later', () => {
    expect(frameInWords({ source: 'telescope', reason: 'stars' })).toBe('Picture');
  });
});
