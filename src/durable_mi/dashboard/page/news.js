// Server-sent events: the page asks again only when something happened, and not at all while nobody looks at it.

/**
 * @param {(subjects: Set<string>|null) => void} onNews called with what something happened to; null when anything may have
 * @param {(isConnected: boolean) => void} onConnection called when the connection comes or goes
 */
export function listen(onNews, onConnection) {
  let source = null;
  const open = () => {
    source ??= new EventSource("/page/api/changes");
    source.addEventListener("ready", () => {
      onConnection(true);
      onNews(null);
    });
    source.onmessage = (message) => onNews(new Set(JSON.parse(message.data)));
    source.onerror = () => onConnection(false);
  };
  const close = () => {
    source?.close();
    source = null;
  };
  // A browser keeps few connections to one host: a tab in the background shall hold none.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
}

/** Runs a task, never twice at once; asked for meanwhile, once more after it, at most every so many milliseconds. */
export function single(task, pause) {
  let isRunning = false;
  let isWanted = false;
  return async function run() {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      await task();
      if (isWanted) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    isRunning = false;
  };
}
