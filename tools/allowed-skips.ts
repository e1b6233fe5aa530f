/**
 * Tests that may be skipped or left to do, by their full title, each with the reason. Everything else that is
 * skipped fails the run: a test that does not run proves nothing.
 */
export const allowedSkips: Readonly<Record<string, string>> = {
  ...whereThereAre('no sftp and ssh of OpenSSH', [
    'OpenSSH fetches the tree, all bytes as they are',
    'attack 62: OpenSSH puts, removes, makes, renames, changes and links nothing, and gets no further up',
    'attack 64: OpenSSH gets no shell, runs nothing, forwards nothing, and signs in by key alone',
  ]),
  ...whereThereAre('no lftp', ['lftp mirrors the tree, and finds nothing to do the second time']),
  ...whereThereAre('no rclone', [
    'rclone copies the tree, and finds it the same when it compares every byte',
  ]),
};

/** What is proved with programs of others, which not every machine has: that the same is refused and given to `ssh2` is proved everywhere. */
function whereThereAre(lacking: string, titles: readonly string[]): Record<string, string> {
  return Object.fromEntries(titles.map((title) => [title, `there is ${lacking} on this machine`]));
}
