// The theme labels the button "Select version", so a voice that says the version that it shows does not find it.
const observer = new MutationObserver(() => {
  const button = document.querySelector(".md-version__current");
  if (button) {
    observer.disconnect();
    button.setAttribute("aria-label", `${button.textContent.trim()}, select version`);
  }
});
observer.observe(document.documentElement, { childList: true, subtree: true });
