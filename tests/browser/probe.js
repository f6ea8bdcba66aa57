// Runs in the page before its own code: when what was heard, shown and clicked, in its clock.
(() => {
  const LOUD = 0.003; // -50 dB below full scale, as the tests' ear
  const probe = { heard: [], captions: [], states: [], clicks: [], longTasks: [] };
  window.probe = probe;

  const listen = async (track) => {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      value.close();
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      if (Math.sqrt(power) > LOUD) probe.heard.push(performance.now());
    }
  };

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'audio') void listen(track);
      });
    }
  };

  new MutationObserver(() => {
    const captions = document.querySelector('.captions');
    const text = captions?.textContent ?? '';
    if (text !== (probe.captions.at(-1)?.text ?? ''))
      probe.captions.push({ at: performance.now(), text, who: captions?.dataset.who });
    for (const { textContent } of document.querySelectorAll('[role=status]'))
      if (!probe.states.slice(-8).some((one) => one.text === textContent))
        probe.states.push({ at: performance.now(), text: textContent });
  }).observe(document, { subtree: true, childList: true, characterData: true });

  document.addEventListener(
    'click',
    ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      if (button) probe.clicks.push({ at: performance.now(), name: button.textContent.trim() });
    },
    { capture: true },
  );

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      probe.longTasks.push({ at: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
})();
