/* The buttons that open the chat appear when there is a chat to open. */
function showChatButtons() {
  for (const button of document.querySelectorAll('[data-open-chat]')) {
    button.hidden = false;
    button.addEventListener('click', () => window.Samtal?.open());
  }
}

if (window.Samtal) showChatButtons();
else window.addEventListener('samtal:ready', showChatButtons, { once: true });
