/** Where a place in a video lies on the screen: what object-fit and a mirror do to it. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Fractions, 0 to 1, of the upright video from its top left. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How an element shows its video. */
export interface Showing {
  /** Of the element, CSS pixels. */
  readonly box: Size;
  /** Of the video as it is shown: upright, so that a turned telephone swaps the two. */
  readonly video: Size;
  readonly fit: 'cover' | 'contain';
  readonly mirrored: boolean;
}

/** CSS pixels from the top left of the element. */
export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
  /** Whether none of it can be seen: the element cuts off that part of the video. */
  readonly hidden: boolean;
}

/** Return where a place lies in the element, cut to its edges; undefined before there is a size. */
export function locate(place: Place, showing: Showing): Rectangle | undefined {
  const { box, video, fit, mirrored } = showing;
  if (Math.min(box.width, box.height, video.width, video.height) <= 0) return undefined;
  const ratios = [box.width / video.width, box.height / video.height] as const;
  const scale = fit === 'cover' ? Math.max(...ratios) : Math.min(...ratios);
  const [from, to] = mirrored ? [1 - place.right, 1 - place.left] : [place.left, place.right];
  const across = span(from, to, video.width * scale, box.width);
  const down = span(place.top, place.bottom, video.height * scale, box.height);
  return {
    left: across.start,
    top: down.start,
    width: across.end - across.start,
    height: down.end - down.start,
    hidden: across.start === across.end || down.start === down.end,
  };
}

/** Tell where a label over a rectangle finds room: in its middle, or flush with one of its sides. */
export function labelSide({ left, width }: Rectangle, room: number): 'left' | 'middle' | 'right' {
  const middle = (left + width / 2) / room;
  if (middle < 0.25) return 'left';
  return middle > 0.75 ? 'right' : 'middle';
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Along one side: the video lies in the middle, and the element cuts off what juts out. */
function span(from: number, to: number, length: number, room: number): Span {
  const offset = (room - length) / 2;
  const inside = (fraction: number): number =>
    Math.min(Math.max(offset + fraction * length, 0), room);
  return { start: inside(Math.min(from, to)), end: inside(Math.max(from, to)) };
}
