// Makes elements. Text only ever becomes text nodes, so nothing that a function logged or returned can become markup.

/**
 * @param {string} tag name of the element
 * @param {Object<string, *>} attributes attributes by name; `on` holds event listeners, `style` CSS properties, `class` a
 *   string; null, undefined and false leave an attribute out, true gives it no value
 * @param {...(Node|string|null)} children null is left out
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === "style") {
      for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Replaces an element's children, unless what they show is what it shows already. Whoever was on one of them with the
 * keyboard stays on the one that took its place.
 */
export function fill(element, shown, make) {
  const key = JSON.stringify(shown);
  if (element.shownKey === key) return;
  element.shownKey = key;
  const focused = element !== document.activeElement && element.contains(document.activeElement) ? identity(document.activeElement) : null;
  element.replaceChildren(...[make()].flat().filter((child) => child !== null && child !== undefined));
  if (focused) [...element.querySelectorAll("a, button, input, summary, pre")].find((each) => identity(each) === focused)?.focus();
}

/** What makes a control the same as before: where it leads, what it is called, or what it says. */
function identity(control) {
  const name = control.dataset.key ?? control.getAttribute("href") ?? control.getAttribute("aria-label") ?? control.closest("label")?.textContent;
  return `${control.localName} ${name ?? control.textContent}`;
}

export function button(label, onClick, attributes = {}) {
  return el("button", { type: "button", ...attributes, on: { click: onClick } }, label);
}

/** A button that copies a text. */
export function copyButton(text) {
  const control = button("copy", async () => {
    await navigator.clipboard.writeText(text);
    control.textContent = "copied";
  }, { class: "quiet copy" });
  return control;
}
