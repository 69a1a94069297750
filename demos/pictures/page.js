"use strict";
// The whole state of a picture is one number: which of its moments it shows. A moment is where a
// bar begins or ends; the last one shows all. Texts go in by textContent, never as markup.

function stepper(root) {
  const pieces = [...root.querySelectorAll("[data-from]")].map((element) => ({
    element,
    panel: element.closest(".panel"),
    from: Number(element.dataset.from),
    to: Number(element.dataset.to),
  }));
  const moments = [...new Set(pieces.flatMap((piece) => [piece.from, piece.to]))];
  moments.sort((a, b) => a - b);
  const last = Math.max(0, moments.length - 1);
  const find = (name) => root.querySelector("." + name);
  const slider = find("scrubber");
  const asked = root.querySelector(".questions") !== null;
  let shown = last;

  function timeText(moment) {
    if (asked) {
      return "";
    }
    const value = moment / Number(root.dataset.unitNs);
    return ", " + Number(value.toPrecision(5)) + " " + root.dataset.unit;
  }

  // "# running: A, B   . waiting: C"
  function words(panel, time) {
    const lanes = new Map();
    for (const piece of pieces) {
      if (piece.panel === panel && piece.from <= time && time < piece.to) {
        const state = piece.element.dataset.state;
        lanes.set(state, [...(lanes.get(state) ?? []), piece.element.dataset.lane]);
      }
    }
    return [...lanes].map(([state, names]) => state + ": " + names.join(", ")).join("   ");
  }

  function show(moment) {
    shown = Math.min(last, Math.max(0, moment));
    const time = moments[shown] ?? 0;
    const all = shown === last;
    for (const { element, from, to } of pieces) {
      element.classList.toggle("later", !all && from > time);
      element.classList.toggle("now", !all && from <= time && time < to);
    }
    root.classList.toggle("stepped", !all);
    root.style.setProperty("--at", time / (Number(root.dataset.length) || 1));
    for (const panel of root.querySelectorAll(".panel")) {
      panel.querySelector(".says").textContent =
        all ? "" : words(panel, time) || "all ended";
    }
    slider.value = shown;
    slider.setAttribute("aria-valuetext", "moment " + (shown + 1) + timeText(time));
    find("moment").textContent =
      "moment " + (shown + 1) + " of " + moments.length + timeText(time);
    find("back").disabled = shown === 0;
  }

  slider.max = last;
  slider.addEventListener("input", () => show(Number(slider.value)));
  find("back").addEventListener("click", () => show(shown - 1));
  // At the end all is shown, as at first: from there a step leads to the first moment.
  const next = () => show(shown === last ? 0 : shown + 1);
  find("step").addEventListener("click", next);
  show(last);
  return { root, show, next, last, moment: () => shown };
}

const steppers = [...document.querySelectorAll(".picture")].map(stepper);
// Keys go to the picture that was touched last.
let current = steppers[0];
for (const one of steppers) {
  for (const touch of ["pointerdown", "focusin"]) {
    one.root.addEventListener(touch, () => { current = one; });
  }
}
document.addEventListener("keydown", (event) => {
  const action = { ArrowLeft: () => current.show(current.moment() - 1),
    ArrowRight: () => current.next(), Home: () => current.show(0),
    End: () => current.show(current.last) }[event.key];
  // The slider has these keys already.
  const own = event.target instanceof HTMLInputElement;
  if (action && current && !own && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    action();
  }
});

// Opened as page.html#selftest: does all of that by itself, and says what came of it.
function selftest() {
  const problems = [];
  const expect = (holds, what) => { if (!holds) problems.push(what); };
  window.addEventListener("error", (event) => problems.push(event.message));
  const press = (key) => document.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const fits = () => document.documentElement.scrollWidth <= window.innerWidth;
  let steps = 0;
  for (const one of steppers) {
    const name = one.root.querySelector("h2").textContent;
    const button = (word) => one.root.querySelector("." + word);
    const pale = () => one.root.querySelectorAll(".later").length;
    const line = () => Number(one.root.style.getPropertyValue("--at"));
    one.root.dispatchEvent(new Event("focusin"));
    expect(one.last > 0, name + ": nothing to step through");
    expect(fits(), name + ": wider than the screen");
    expect(pale() === 0, name + ": not all is shown at first");
    button("step").click();
    expect(one.moment() === 0, name + ": the first step does not lead to the first moment");
    expect(button("back").disabled, name + ": one can go back from the first moment");
    for (let moment = 1; moment <= one.last; ++moment) {
      const before = pale();
      const at = line();
      // By button and by key in turn.
      moment % 2 ? button("step").click() : press("ArrowRight");
      ++steps;
      expect(one.moment() === moment, name + ": no step to moment " + moment);
      expect(pale() <= before, name + ": a bar went pale again at " + moment);
      expect(line() > at && line() <= 1, name + ": the line is not ahead at " + moment);
      expect(moment === one.last ||
        [...one.root.querySelectorAll(".says")].every((text) => text.textContent !== ""),
        name + ": a panel is silent at " + moment);
      expect(fits(), name + ": wider than the screen at " + moment);
    }
    press("Home");
    press("ArrowLeft");
    expect(one.moment() === 0, name + ": Home and ArrowLeft do not end at the first moment");
    press("End");
    press("ArrowLeft");
    expect(one.moment() === one.last - 1, name + ": ArrowLeft does not go back");
    button("step").click();
    button("back").click();
    expect(one.moment() === one.last - 1, name + ": the button does not go back");
    const slider = button("scrubber");
    slider.value = 0;
    slider.dispatchEvent(new Event("input"));
    expect(one.moment() === 0, name + ": the slider does not move the line");
    press("End");
    expect(pale() === 0 && one.moment() === one.last, name + ": End does not show all");
  }
  expect(steppers.length > 0, "no picture");
  const result = document.createElement("p");
  result.id = "selftest";
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  result.textContent = "selftest " + (problems.length === 0 ? "passed" : "FAILED") + ": " +
    steppers.length + " pictures, " + steps + " steps, " + window.innerWidth + " px, " +
    (dark ? "dark" : "light") + problems.map((what) => "\n" + what).join("");
  document.body.append(result);
}
if (location.hash === "#selftest") {
  selftest();
}
