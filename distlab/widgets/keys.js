// Keys pressed inside the widget around this one are its own: the notebook would take arrows and letters for shortcuts.
function render({ el }) {
  let frame = 0;
  let around = null;
  const keep = (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // Notebook 7 looks at the focused element first
  };
  const stop = (event) => {
    if (event.key !== "Tab" && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  };
  const mark = () => {
    around = el.parentElement?.closest(".distlab-widget");
    if (!around) {
      frame = requestAnimationFrame(mark); // a box puts its children into the page after it has made them
      return;
    }
    around.addEventListener("focusin", keep);
    around.addEventListener("keydown", stop);
  };
  mark();
  return () => {
    cancelAnimationFrame(frame);
    around?.removeEventListener("focusin", keep);
    around?.removeEventListener("keydown", stop);
  };
}

export default { render };
