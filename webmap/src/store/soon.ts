/** Read a thing once for a burst of changes that name it: a call sheet comes as thirty. */

const due = new Set<string>();

export function soon(key: string, read: () => Promise<void>): void {
  if (due.has(key)) return;
  due.add(key);
  setTimeout(() => {
    due.delete(key);
    void read();
  }, 60);
}
