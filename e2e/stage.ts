import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { resolveConversation } from '@samtal/contract/conversations';
import { changeQueue, listQueues } from '@samtal/contract/routing';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { Api } from './api.ts';
import { launchBrowser } from './browser.ts';
import { Colleague, Visitor } from './people.ts';
import { Platform, type DemoPerson } from './platform.ts';

/** Where pictures of failed tests are kept. */
const pictures = join(tmpdir(), 'samtal-e2e-pictures');

/** A test as its hook `afterEach` gets it. The types of Node leave out whether it passed. */
export type FinishedTest = TestContext & { readonly passed: boolean };

export type DemoName = 'ingrid' | 'sara' | 'johan' | 'dag';

/** What the tests of one file share: a server with its demo account, a browser, and the people who have come. */
export class Stage {
  readonly platform: Platform;
  readonly browser: Browser;
  readonly origin: string;
  readonly #people: readonly DemoPerson[];
  readonly #visitors = new Set<Visitor>();
  readonly #colleagues = new Set<Colleague>();
  #supervisor: Api | null = null;

  private constructor(platform: Platform, browser: Browser, people: readonly DemoPerson[]) {
    this.platform = platform;
    this.browser = browser;
    this.origin = platform.publicUrl.origin;
    this.#people = people;
  }

  static async open(startPlatform: () => Promise<Platform> = () => Platform.start()): Promise<Stage> {
    const browser = await launchBrowser();
    try {
      const platform = await startPlatform();
      return new Stage(platform, browser, (await platform.firstRun()).users);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  person(name: DemoName): DemoPerson {
    const person = this.#people.find(({ email }) => email.startsWith(`${name}.`));
    if (person === undefined) throw new Error(`The demo has no ${name}`);
    return person;
  }

  /** Opens a page of the demo site, or of another site. */
  async visitor(
    path: string | URL = '/demo/',
    options: { locale?: string } & BrowserContextOptions = {},
  ): Promise<Visitor> {
    const visitor = await Visitor.arrive(this.browser, new URL(path, this.origin), options);
    this.#visitors.add(visitor);
    return visitor;
  }

  async signIn(name: DemoName, options: BrowserContextOptions = {}): Promise<Colleague> {
    const { email, password } = this.person(name);
    const colleague = await Colleague.signIn(this.browser, this.origin, { email, password, ...options });
    this.#colleagues.add(colleague);
    return colleague;
  }

  /** Opens the console for somebody who is not signed in. */
  async stranger(path = '/', options: BrowserContextOptions = {}): Promise<Colleague> {
    const colleague = await Colleague.arrive(this.browser, new URL(path, this.origin), options);
    this.#colleagues.add(colleague);
    return colleague;
  }

  /** A supervisor's REST interface, which may read every conversation. */
  async supervisor(): Promise<Api> {
    this.#supervisor ??= await Api.signIn(this.origin, this.person('sara'));
    return this.#supervisor;
  }

  /** Gives agents so many seconds to answer an offer, in every queue, until `restore` is called. */
  async queueOffersFor(offerSeconds: number): Promise<{ restore(): Promise<void> }> {
    const api = await Api.signIn(this.origin, this.person('ingrid'));
    const { accountId } = api;
    const { items } = await api.call(listQueues, { params: { accountId } });
    const change = async (queueId: string, seconds: number) =>
      void (await api.call(changeQueue, { params: { accountId, queueId }, body: { offerSeconds: seconds } }));
    for (const { id } of items) await change(id, offerSeconds);
    return {
      restore: async () => {
        for (const queue of items) await change(queue.id, queue.offerSeconds);
      },
    };
  }

  /** After each test: keeps pictures if it failed, sends the visitors home, and resolves what is left open. */
  async clear(t: FinishedTest): Promise<void> {
    if (!t.passed) await this.#takePictures(t);
    if (!this.platform.isRunning) await this.platform.start();
    for (const visitor of this.#visitors) await visitor.leave();
    const faults = [...this.#visitors, ...this.#colleagues].flatMap((person) => person.faults.splice(0));
    this.#visitors.clear();
    for (const colleague of this.#colleagues)
      if (colleague.page.isClosed()) this.#colleagues.delete(colleague);
    await this.#clearDesks();
    assert.deepEqual(faults, [], 'No page threw an error');
    assert.deepEqual(this.platform.errors(), [], 'The server logged no error');
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.platform.close();
  }

  /**
   * Resolves what is open until no colleague is offered anything. Once is not enough: a first message that was on its way while
   * its page was closed begins a conversation after the others were listed.
   */
  async #clearDesks(): Promise<void> {
    const desks = [...this.#colleagues];
    for (let round = 1; round <= 5; round += 1) {
      await this.#resolveAll();
      const empty = await Promise.all(desks.map(async (colleague) => await colleague.seesNoOffer(2_000)));
      if (empty.every(Boolean)) return;
    }
    assert.fail('A colleague is still offered something, although all was resolved');
  }

  async #resolveAll(): Promise<void> {
    const api = await this.supervisor();
    const { accountId } = api;
    for (const { id } of await api.openConversations()) {
      await api.call(resolveConversation, { params: { accountId, conversationId: id } });
    }
  }

  async #takePictures(t: TestContext): Promise<void> {
    await mkdir(pictures, { recursive: true });
    const name = t.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
    const pages = this.browser.contexts().flatMap((context) => context.pages());
    for (const [number, page] of pages.entries()) {
      const path = join(pictures, `${name}-${number}.png`);
      await writeFile(path, await page.screenshot());
      t.diagnostic(`${page.url()} looked like ${path}`);
    }
    for (const line of this.platform.complaints()) t.diagnostic(`The server said ${line}`);
  }
}
