// The arrow keys, and the wheel over the picture, follow the links "Previous" and "Next"; without this script the links do it all.
(() => {
  const STEP = 40; // how far a wheel turns from slice to slice
  let turned = 0;
  document.getElementById("looking-keys").hidden = false;

  const follow = (way) => {
    const link = document.querySelector(`#slice a[rel="${way}"]`);
    if (link) link.click();
  };

  document.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const plain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!way || !plain || event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    follow(way);
  });

  document.addEventListener("wheel", (event) => {
    if (event.ctrlKey || !event.target.closest("#slice figure img")) return;
    event.preventDefault();
    turned += event.deltaY;
    if (Math.abs(turned) < STEP) return;
    follow(turned > 0 ? "next" : "prev");
    turned = 0;
  }, { passive: false });
})();
