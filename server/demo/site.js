/* oxlint-disable typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return --
   a customer's plain script: the type of Samtal is another package's */
/* The buttons that open the chat appear when there is a chat to open. */
function showChatButtons() {
  for (const button of document.querySelectorAll('[data-open-chat]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.Samtal?.open());
  }
}

if (window.Samtal) showChatButtons();
else window.addEventListener('samtal:ready', showChatButtons, { once: true });
