/**
 * Tests that may be skipped or left to do, by their full title, each with the reason. Everything else that is
 * skipped fails the run: a test that does not run proves nothing.
 */
export const allowedSkips: Readonly<Record<string, string>> = {};
