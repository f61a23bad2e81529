/** So many at once; the next begins as one ends. Plain JavaScript: it runs before anything is installed. */

/** `work` is told which of those at once it is, from 0. */
export async function eachOf(all, jobs, work) {
  const waiting = [...all];
  await Promise.all(
    Array.from({ length: jobs }, async (_, job) => {
      while (waiting.length > 0) await work(waiting.shift(), job);
    }),
  );
}
