import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The policy of the page allows files, not data: addresses, for scripts and styles.
    assetsInlineLimit: 0,
    // LiveKit's client is one module of this size, loaded when a call begins.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
  test: { environment: 'happy-dom', include: ['{src,tests}/**/*.test.{ts,tsx}'] },
});
