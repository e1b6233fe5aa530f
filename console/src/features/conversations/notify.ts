const notifyKey = 'samtal.notifications';
const soundKey = 'samtal.sound';

/** Whether the user wants desktop notifications and the browser allows them. */
export function isNotifying(): boolean {
  return canNotify() && Notification.permission === 'granted' && localStorage.getItem(notifyKey) === 'on';
}

export function canNotify(): boolean {
  return 'Notification' in window;
}

/** Asks the browser for leave. Call it only from a button. False when the browser or the user says no. */
export async function switchNotifications(on: boolean): Promise<boolean> {
  if (on && (!canNotify() || (await Notification.requestPermission()) !== 'granted')) return false;
  localStorage.setItem(notifyKey, on ? 'on' : 'off');
  return true;
}

/** Shows a desktop notification; a later one of the same case takes its place. */
export function notify(title: string, caseId: string, onClick: () => void): void {
  const notification = new Notification(title, { body: caseId, tag: caseId, icon: '/favicon.svg' });
  notification.addEventListener('click', () => {
    window.focus();
    notification.close();
    onClick();
  });
}

export function isSounding(): boolean {
  return localStorage.getItem(soundKey) === 'on';
}

export function switchSound(on: boolean): void {
  localStorage.setItem(soundKey, on ? 'on' : 'off');
  if (on) playSound();
}

/** Two soft tones, made here so that nothing needs to be loaded. */
export function playSound(): void {
  const audio = new AudioContext();
  for (const [index, frequency] of [660, 880].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + index * 0.12;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.06, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.32);
    if (index === 1) tone.addEventListener('ended', () => void audio.close());
  }
}
