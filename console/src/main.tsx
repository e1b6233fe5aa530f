import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import './ui/base.css';
import { isFramedAmiss } from './api/index.ts';
import { App } from './app.tsx';
import { loadCatalogue, preferredLocale } from './text/index.ts';

// Browsers show no such frame (`frame-ancestors`); where one does all the same, it shows nothing.
if (isFramedAmiss) throw new Error('This page is not shown in a frame.');

const locale = preferredLocale();
const catalogue = await loadCatalogue(locale);

const container = document.querySelector('#root');
if (container === null) throw new Error('The page has no #root.');
createRoot(container).render(
  <StrictMode>
    <App locale={locale} catalogue={catalogue} />
  </StrictMode>,
);
