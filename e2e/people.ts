import {
  errors,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from 'playwright-core';
import type { DemoPerson } from './platform.ts';
import { messagesIn, type Reader } from './transcript.ts';
import { wordsOf, type Words } from './words.ts';

/** Two cores are shared by browser, server and database, so that even quick things may take a while. */
const patienceMs = 20_000;

/** A person at a browser: a context of their own, in which one page is open at a time. */
abstract class Person {
  readonly context: BrowserContext;
  readonly say: Words;
  /** What the page itself complained about: exceptions, and errors on its console. */
  readonly faults: string[] = [];
  #page: Page;

  protected constructor(context: BrowserContext, page: Page, say: Words) {
    this.context = context;
    this.say = say;
    this.#page = page;
    this.#watch(page);
  }

  get page(): Page {
    return this.#page;
  }

  /** The page's process dies from one moment to the next: no event tells the page. */
  async crash(): Promise<void> {
    const devtools = await this.context.newCDPSession(this.#page);
    const crashed = this.#page.waitForEvent('crash');
    // The order is never answered, because whoever would answer is dead.
    devtools.send('Page.crash').catch(() => null);
    await crashed;
    await this.#page.close();
  }

  /** Opens the site again after a crash, in the same browser. */
  async comeBack(url: URL | string): Promise<void> {
    this.#page = await this.context.newPage();
    this.#watch(this.#page);
    await this.#page.goto(String(url));
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  #watch(page: Page): void {
    page.setDefaultTimeout(patienceMs);
    page.setDefaultNavigationTimeout(patienceMs);
    page.on('pageerror', (error) => this.faults.push(String(error)));
  }
}

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  return [context, await context.newPage()];
}

/** A visitor of a web site that carries the widget. */
export class Visitor extends Person implements Reader {
  /** Opens a page of a web site. `locale` is the language of that page, and so of the widget. */
  static async arrive(
    browser: Browser,
    url: URL | string,
    { locale = 'sv', ...options }: { locale?: string } & BrowserContextOptions = {},
  ): Promise<Visitor> {
    const [context, page] = await newPage(browser, { userAgent: 'visitor', ...options, locale });
    const visitor = new Visitor(context, page, wordsOf('widget', locale));
    await page.goto(String(url));
    return visitor;
  }

  get launcher(): Locator {
    return this.page.getByRole('button', { name: this.say('launcher') });
  }

  get panel(): Locator {
    return this.page.getByRole('dialog');
  }

  get log(): Locator {
    return this.panel.getByRole('log', { name: this.say('panel.log') });
  }

  get composer(): Locator {
    return this.panel.getByRole('textbox', { name: this.say('composer.label') });
  }

  button(key: string): Locator {
    return this.panel.getByRole('button', { name: this.say(key), exact: true });
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await this.composer.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  /** Writes, and waits until the server has it: a page that is closed before may take a first message along, or not. */
  async delivers(text: string): Promise<void> {
    await this.write(text);
    await this.log.getByText(this.say('message.sent'), { exact: true }).waitFor();
  }

  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  async messages(): Promise<string[]> {
    return messagesIn(await this.log.innerText());
  }

  /** Ends the conversation, and says yes when asked. */
  async end(): Promise<void> {
    await this.button('panel.end').click();
    await this.panel
      .getByRole('alertdialog')
      .getByRole('button', { name: this.say('confirm.yes') })
      .click();
    await this.panel.getByRole('heading', { name: this.say('ended.title') }).waitFor();
  }
}

/** A user of the console: agent or administrator. */
export class Colleague extends Person implements Reader {
  readonly email: string;

  private constructor(context: BrowserContext, page: Page, email: string) {
    super(context, page, wordsOf('console', 'en'));
    this.email = email;
  }

  /** Opens the console without signing in. */
  static async arrive(
    browser: Browser,
    url: URL | string,
    { email = '', ...options }: { email?: string } & BrowserContextOptions = {},
  ): Promise<Colleague> {
    const [context, page] = await newPage(browser, { userAgent: 'colleague', ...options });
    const colleague = new Colleague(context, page, email);
    await page.goto(String(url));
    return colleague;
  }

  static async signIn(
    browser: Browser,
    url: URL | string,
    { email, password, ...options }: Pick<DemoPerson, 'email' | 'password'> & BrowserContextOptions,
  ): Promise<Colleague> {
    const colleague = await Colleague.arrive(browser, url, { email, ...options });
    await colleague.giveCredentials(email, password);
    await colleague.menu.waitFor();
    await colleague.confirmsWith(password);
    return colleague;
  }

  async giveCredentials(email: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: this.say('signin.email') }).fill(email);
    await this.page.getByLabel(this.say('signin.password'), { exact: true }).fill(password);
    await this.button('signin.submit').click();
  }

  /** Gives the password whenever the console asks to confirm who it is (C3), and goes on with what it was about. */
  async confirmsWith(password: string): Promise<void> {
    const dialog = this.dialog('elevation.title');
    await this.page.addLocatorHandler(dialog, async () => {
      await dialog.getByLabel(this.say('signin.password'), { exact: true }).fill(password);
      await this.button('elevation.confirm', dialog).click();
    });
  }

  /** The menu of whoever is signed in. */
  get menu(): Locator {
    return this.page.getByRole('button', { name: this.say('menu.label', { name: '' }) });
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: this.say('composer.write'), exact: true });
  }

  get offers(): Locator {
    return this.page.getByRole('article', { name: this.say('offer.of', { case: '' }) });
  }

  /** Whether what was offered is gone from the screen within this time. */
  async seesNoOffer(timeoutMs: number): Promise<boolean> {
    return await this.offers
      .first()
      .waitFor({ state: 'hidden', timeout: timeoutMs })
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof errors.TimeoutError) return false;
          throw error;
        },
      );
  }

  /** The case id of the conversation that is open. */
  get caseId(): Promise<string> {
    return this.page.getByRole('heading', { name: /^[0-9A-Z]{5}-[0-9A-Z]{5}$/ }).innerText();
  }

  /** The id of the conversation that is open. */
  get conversationId(): string {
    const id = /\/(?:conversations|find)\/([0-9a-f-]{36})$/.exec(new URL(this.page.url()).pathname)?.[1];
    if (id === undefined) throw new Error(`No conversation is open at ${this.page.url()}`);
    return id;
  }

  button(key: string, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name: this.say(key), exact: true });
  }

  dialog(key: string, values: Record<string, string> = {}): Locator {
    return this.page.getByRole('dialog', { name: this.say(key, values) });
  }

  async becomes(state: 'available' | 'away'): Promise<void> {
    const menu = this.page.getByRole('banner').getByRole('button', { name: /^(Available|Away|Offline)$/ });
    await menu.click();
    await this.page.getByRole('menuitem', { name: this.say(`presence.${state}`) }).click();
    await this.page
      .getByRole('banner')
      .getByRole('button', { name: this.say(`presence.${state}`) })
      .waitFor();
  }

  /** Accepts the offer, and has the conversation open. */
  async accept(): Promise<void> {
    await this.button('offer.accept', this.offers.first()).click();
    await this.composer.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  async messages(): Promise<string[]> {
    return messagesIn(await this.log.innerText());
  }

  async resolve(): Promise<void> {
    await this.button('resolve.action').first().click();
    const dialog = this.page.getByRole('dialog');
    await this.button('resolve.action', dialog).click();
    await dialog.waitFor({ state: 'hidden' });
  }
}
