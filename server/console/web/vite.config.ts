import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Links are relative, because the page may be served below a proxy's folder.
export default defineConfig(({ command }) => ({
  base: command === 'serve' ? '/console/' : './',
  server: { proxy: { '^/(?!console/)': 'http://127.0.0.1:8080' } },
  plugins: [svelte()],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 2000, // MapLibre is one piece
    assetsInlineLimit: 0,
    // The libraries keep their names while our own code changes.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'maplibre', test: /node_modules\/maplibre-gl/ }, { name: 'terra-draw', test: /node_modules\/terra-draw/ }] } } },
  },
  worker: { format: 'es' },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
}));
