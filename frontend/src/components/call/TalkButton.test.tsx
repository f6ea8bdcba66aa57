import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { TalkButton } from './TalkButton';

let told: boolean[] = [];

function open(): HTMLElement {
  told = [];
  render(
    <>
      <TalkButton onTalk={(begins) => told.push(begins)} />
      <input aria-label="text" />
    </>,
  );
  return screen.getByRole('button', { name: 'Hold to talk' });
}

afterEach(cleanup);

describe('holding to talk', () => {
  it('by the space bar: begins and ends once, however often the key repeats', () => {
    open();
    fireEvent.keyDown(document.body, { key: ' ' });
    fireEvent.keyDown(document.body, { key: ' ', repeat: true });
    fireEvent.keyUp(document.body, { key: ' ' });
    expect(told).toEqual([true, false]);
  });

  it('by the pointer, which may be let go anywhere', () => {
    fireEvent.pointerDown(open());
    expect(screen.getByRole('button', { name: /Let go/ })).toBeTruthy();
    fireEvent.pointerUp(window);
    expect(told).toEqual([true, false]);
  });

  it('by a press that nobody can hold: the next one ends it', () => {
    const button = open();
    fireEvent.click(button);
    expect(screen.getByRole('button', { name: /Press again/ })).toBeTruthy();
    fireEvent.pointerUp(window);
    expect(told).toEqual([true]);
    fireEvent.click(button);
    expect(told).toEqual([true, false]);
  });

  it('by the pointer is no press besides, though the browser calls it a click', () => {
    const button = open();
    for (const times of [1, 2]) {
      fireEvent.pointerDown(button);
      fireEvent.pointerUp(button);
      fireEvent.click(button);
      expect(told).toHaveLength(2 * times);
    }
  });

  it('by the space bar is no press besides either', () => {
    const button = open();
    fireEvent.keyDown(button, { key: ' ' });
    expect(fireEvent.keyUp(button, { key: ' ' })).toBe(false);
    expect(fireEvent.keyDown(button, { key: 'Enter', repeat: true })).toBe(false);
  });

  it('ends when the window is left', () => {
    open();
    fireEvent.keyDown(document.body, { key: ' ' });
    fireEvent.blur(window);
    expect(told).toEqual([true, false]);
  });

  it('is not meant by a space that somebody types', () => {
    open();
    fireEvent.keyDown(screen.getByLabelText('text'), { key: ' ' });
    expect(told).toEqual([]);
  });

  it('ends when the button goes', () => {
    open();
    fireEvent.keyDown(document.body, { key: ' ' });
    cleanup();
    expect(told).toEqual([true, false]);
  });
});
