export { useSettingText } from './use-setting-text.ts';
