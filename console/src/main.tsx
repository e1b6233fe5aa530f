import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@mantine/core/styles.css';
import './ui/base.css';
import { App } from './app.tsx';
import { loadCatalogue, preferredLocale } from './text/index.ts';

const locale = preferredLocale();
const catalogue = await loadCatalogue(locale);

const container = document.querySelector('#root');
if (container === null) throw new Error('The page has no #root.');
createRoot(container).render(
  <StrictMode>
    <App locale={locale} catalogue={catalogue} />
  </StrictMode>,
);
