/** Read a thing once for a burst of changes that name it: a call sheet comes as thirty. */

const due = new Set<string>();
const answered = new Map<string, Promise<void>>();

/** One read of a thing at a time: an older answer that comes late would stand over a newer one. */
export function soon(key: string, read: () => Promise<void>): void {
  if (due.has(key)) return;
  due.add(key);
  setTimeout(() => void inTurn(key, read), 60);
}

async function inTurn(key: string, read: () => Promise<void>): Promise<void> {
  await answered.get(key);
  due.delete(key);
  let done = (): void => undefined;
  const answer = new Promise<void>((resolve) => {
    done = resolve;
  });
  answered.set(key, answer);
  try {
    await read();
  } finally {
    answered.delete(key);
    done();
  }
}
