import type { WidgetConfiguration } from '@samtal/contract/widget';
import { textOn } from './contrast.ts';
import styles from './launcher.css?inline';

const bubble =
  'M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7-.1 1.2-.6 2.3-1.5 3.3-.2.3 0 .7.4.6 1.9-.3 3.4-1 4.6-1.9.8.2 1.6.3 2.4.3 5 0 9-3.4 9-7.5s-4-8-9-8Z';
const chevron = 'm6 9.5 6 6 6-6';

export interface Launcher {
  /** The one element that stands in the page. */
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  readonly box: HTMLElement;
  readonly button: HTMLButtonElement;
  showUnread(count: number): void;
}

/** Draws the button into a shadow root. Styles are constructed, so that no Content-Security-Policy stops them. */
export function drawLauncher({ text, locale, direction, accentColour }: WidgetConfiguration): Launcher {
  const element = document.createElement('samtal-widget');
  const root = element.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];

  const make = (tag: string, name: string, within: Element | ShadowRoot): HTMLElement => {
    const made = document.createElement(tag);
    made.className = name;
    within.append(made);
    return made;
  };
  const box = make('div', 'box', root);
  box.lang = locale;
  box.dir = direction;
  box.style.setProperty('--accent', accentColour);
  box.style.setProperty('--on-accent', textOn(accentColour));

  const button = make('button', 'launcher', box) as HTMLButtonElement;
  button.type = 'button';
  button.ariaExpanded = 'false';
  button.ariaHasPopup = 'dialog';
  button.append(drawIcon(bubble, 'closed'), drawIcon(chevron, 'opened'));
  const badge = make('span', 'badge', button);
  const news = make('span', 'hidden', box);
  news.role = 'status';

  const showUnread = (count: number): void => {
    const unread = count > 0 ? (text['launcher.unread'] ?? '').replace('{count}', String(count)) : '';
    button.ariaLabel = unread === '' ? (text['launcher'] ?? '') : `${text['launcher'] ?? ''}. ${unread}`;
    badge.textContent = count > 9 ? '9+' : String(count || '');
    news.textContent = unread;
  };
  showUnread(0);
  return { element, root, box, button, showUnread };
}

function drawIcon(path: string, name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', name);
  svg.ariaHidden = 'true';
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
