/** A short, soft two-tone sound, made here: nothing is loaded. Silent until the person has touched the page. */
export function playSound(): void {
  try {
    const context = new AudioContext();
    const gain = context.createGain();
    gain.connect(context.destination);
    gain.gain.setValueAtTime(0.0001, context.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.06, context.currentTime + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
    for (const [at, frequency] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const tone = context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + 0.36);
    }
    setTimeout(() => void context.close(), 600);
  } catch {
    // No audio device: the title and the list still tell.
  }
}

/** A desktop notification when the page is not looked at; opening it brings the page to the front. */
export function notifyDesktop(title: string, body: string, tag: string, open: () => void): void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted" || document.hasFocus()) return;
  try {
    const notification = new Notification(title, { body, tag });
    notification.onclick = () => {
      window.focus();
      open();
      notification.close();
    };
  } catch {
    // Chrome on Android allows notifications from a service worker only.
  }
}

/** Asks for permission; true when granted. */
export async function allowDesktop(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  return (await Notification.requestPermission()) === "granted";
}
