import { describe, expect, it } from 'vitest';
import { labelSide, locate, type Place, type Showing } from './geometry';

const LANDSCAPE = { width: 1280, height: 720 };
const PORTRAIT = { width: 720, height: 1280 };
const PLAIN: Showing = { box: LANDSCAPE, video: LANDSCAPE, fit: 'cover', mirrored: false };
const PLACE: Place = { left: 0.25, top: 0.5, right: 0.5, bottom: 0.75 };

function located(showing: Partial<Showing>, place: Place = PLACE): number[] {
  const found = locate(place, { ...PLAIN, ...showing });
  return found ? [found.left, found.top, found.width, found.height].map(Math.round) : [];
}

describe('a place in the video', () => {
  it.each([
    ['shown as it is', {}, [320, 360, 320, 180]],
    ['shown at half the size', { box: { width: 640, height: 360 } }, [160, 180, 160, 90]],
    ['mirrored', { mirrored: true }, [640, 360, 320, 180]],
    ['cut at the sides', { box: { width: 720, height: 720 } }, [40, 360, 320, 180]],
    [
      'cut at the sides and mirrored',
      { box: { width: 720, height: 720 }, mirrored: true },
      [360, 360, 320, 180],
    ],
    ['cut above and below', { box: { width: 1280, height: 360 } }, [320, 180, 320, 180]],
    [
      'with bars at the sides',
      { box: { width: 1920, height: 720 }, fit: 'contain' },
      [640, 360, 320, 180],
    ],
    [
      'with bars above and below',
      { box: { width: 1280, height: 1000 }, fit: 'contain' },
      [320, 500, 320, 180],
    ],
    ['of a telephone held upright', { video: PORTRAIT, box: PORTRAIT }, [180, 640, 180, 320]],
    ['of a telephone, in a wide box', { video: PORTRAIT, fit: 'contain' }, [539, 360, 101, 180]],
  ] as const)('%s', (_, showing, wanted) => {
    expect(located(showing)).toEqual(wanted);
  });

  it('is cut to what of it can be seen', () => {
    const place = { left: 0, top: 0, right: 0.5, bottom: 1 };
    expect(located({ box: { width: 720, height: 720 } }, place)).toEqual([0, 0, 360, 720]);
  });

  it('that is cut off lies hidden at the edge it is behind', () => {
    const place = { left: 0.9, top: 0.4, right: 1, bottom: 0.6 };
    const found = locate(place, { ...PLAIN, box: { width: 720, height: 720 } });
    expect(found).toMatchObject({ hidden: true, left: 720, width: 0 });
  });

  it.each([
    [0, 0, 'left'],
    [720, 0, 'right'],
    [300, 100, 'middle'],
  ])('at %d has its label where there is room', (left, width, side) => {
    expect(labelSide({ left, width, top: 0, height: 10, hidden: false }, 720)).toBe(side);
  });

  it('lies nowhere before the video has a size', () => {
    expect(locate(PLACE, { ...PLAIN, video: { width: 0, height: 0 } })).toBeUndefined();
  });
});
