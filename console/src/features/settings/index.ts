export { valueAfter, withChange, type Change, type Pending } from './pending.ts';
export { ReviewDialog } from './review-dialog.tsx';
export { SettingRow } from './setting-row.tsx';
export { UnsavedBar } from './unsaved-bar.tsx';
export { useSettingText } from './use-setting-text.ts';
