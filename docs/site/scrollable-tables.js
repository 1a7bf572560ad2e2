// The theme puts a wide table into a box that scrolls, which the keyboard must reach: only while it scrolls.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) {
      target.setAttribute("tabindex", "0");
      target.setAttribute("role", "group");
      target.setAttribute("aria-label", "Table");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    }
  }
});
const observeTables = () => {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) widths.observe(box);
};
new MutationObserver(observeTables).observe(document.body, { childList: true, subtree: true });
observeTables();
