"use strict";
// What the page does: filters, draws the answers in portions, opens their pictures. All of its data
// stands in it; it fetches nothing.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const pictures = JSON.parse(document.getElementById("pictures").textContent);
  const byId = (id) => document.getElementById(id);
  const PORTION = 30;
  const VERDICTS = { wrong: "wrong", partly: "partly right", right: "right", none: "no answer" };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  const boxes = (answer, image) => {
    const found = [];
    const place = ([left, top, width, height], kind) => {
      const box = make("span", { class: `box ${kind}` });
      Object.assign(box.style, {
        left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%`,
      });
      found.push(box);
    };
    if (answer.known && answer.known.image === image) place(answer.known.box, "known");
    for (const cited of answer.cited) if (cited.image === image) place(cited.box, "evidence");
    return found;
  };

  const described = (answer, image) => {
    const picture = pictures[answer.pictures[image]];
    const evidence = answer.cited.find((cited) => cited.image === image);
    const count = answer.pictures.length;
    return `Image ${image + 1} of ${count}: ${picture.name}`
      + (evidence ? `. Evidence outlined: ${evidence.text}` : "");
  };

  const thumb = (answer, image) => {
    const picture = pictures[answer.pictures[image]];
    if (!picture.data) return make("p", { class: "missing" }, `${picture.name}: ${picture.error}`);
    const button = make(
      "button", { type: "button", class: "thumb", "aria-label": `Open ${described(answer, image)}` },
      make("img", {
        src: picture.data, alt: "", loading: "lazy", decoding: "async",
        width: picture.width, height: picture.height,
      }),
      ...boxes(answer, image),
    );
    button.addEventListener("click", () => open(answer, image));
    return button;
  };

  const card = (answer) => {
    const facts = make("dl");
    const fact = (name, value, attributes) =>
      facts.append(make("dt", {}, name), make("dd", attributes ?? {}, value));
    fact("Answer", answer.error ? `(none) ${answer.error}` : answer.text || "(empty)", { class: "given" });
    fact("Accepted", answer.accepted.join(" / ") || "that there is none");
    if (answer.choices.length) fact("Choices", answer.choices.join("\n"));
    if (answer.probability !== null) fact("Probability", answer.probability.toFixed(2));
    if (answer.cited.length) {
      fact("Evidence", answer.cited.map((c) => `image ${c.image + 1}: ${c.text}`).join("\n"));
    }
    const verdict = VERDICTS[answer.verdict];
    const score = answer.verdict === "partly" ? ` (${answer.score.toFixed(2)})` : "";
    const article = make(
      "article", { class: `answer ${answer.verdict}`, "aria-labelledby": `q-${answer.number}` },
      make("h3", { id: `q-${answer.number}` }, answer.question),
      make("p", { class: "soft" },
        make("span", { class: "verdict" }, verdict + score), ` · ${answer.kind} · ${answer.id}`),
      facts,
    );
    if (answer.pictures.length) {
      article.append(make(
        "div", { class: "strip", role: "group", "aria-label": "Images", tabindex: "0" },
        ...answer.pictures.map((_, image) => thumb(answer, image)),
      ));
    } else if (answer.dropped) {
      article.append(make("p", { class: "soft" }, "Its pictures did not fit into this page."));
    }
    return make("li", {}, article);
  };

  // The list.
  const list = byId("answers"), more = byId("more"), count = byId("count");
  let shown = [], drawn = 0;

  const drawMore = () => {
    const fragment = document.createDocumentFragment();
    for (const answer of shown.slice(drawn, drawn + PORTION)) fragment.append(card(answer));
    drawn = Math.min(shown.length, drawn + PORTION);
    list.append(fragment);
    more.hidden = drawn >= shown.length;
    more.textContent = `Show more (${shown.length - drawn} left)`;
  };

  const surer = (a, b) => (b.probability ?? -1) - (a.probability ?? -1);
  const ORDERS = {
    wrong: (a, b) => a.score - b.score || surer(a, b) || a.number - b.number,
    sure: (a, b) => surer(a, b) || a.number - b.number,
    unsure: (a, b) => surer(b, a) || a.number - b.number,
    given: (a, b) => a.number - b.number,
  };

  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = byId("verdict").value, kind = byId("kind").value;
    shown = data.answers.filter((answer) =>
      (!verdict || answer.verdict === verdict)
      && (!kind || answer.kind === kind)
      && words.every((word) => answer.searched.includes(word)));
    shown.sort(ORDERS[byId("order").value]);
    list.replaceChildren();
    drawn = 0;
    drawMore();
    count.textContent = `${shown.length} of ${data.answers.length} answers`;
  };

  // A picture as a whole.
  const dialog = byId("viewer"), stage = byId("stage");
  let viewed = null;

  const draw = () => {
    const { answer, image } = viewed, picture = pictures[answer.pictures[image]];
    stage.replaceChildren(
      picture.data
        ? make("img", { src: picture.data, alt: described(answer, image) })
        : make("p", { class: "missing" }, `${picture.name}: ${picture.error}`),
      ...(picture.data ? boxes(answer, image) : []),
    );
    byId("caption").textContent = described(answer, image);
    // A button that is really disabled loses the focus, and with it the arrow keys.
    byId("previous").setAttribute("aria-disabled", image === 0);
    byId("next").setAttribute("aria-disabled", image === answer.pictures.length - 1);
  };

  const open = (answer, image) => {
    viewed = { answer, image };
    draw();
    dialog.showModal();
    // An autofocus attribute would be tried when the page loads too, and complain in the console.
    byId("close").focus();
  };

  const turn = (step) => {
    const image = viewed.image + step;
    if (image < 0 || image >= viewed.answer.pictures.length) return;
    viewed.image = image;
    draw();
  };

  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  byId("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // Everything else.
  data.answers.forEach((answer) => {
    answer.searched = [answer.id, answer.question, answer.text, answer.kind, ...answer.accepted]
      .join("\n").toLowerCase();
  });
  const kinds = [...new Set(data.answers.map((answer) => answer.kind))];
  byId("kind").append(...kinds.map((kind) => make("option", { value: kind }, kind)));
  for (const id of ["verdict", "kind", "order"]) byId(id).addEventListener("change", filter);
  let waiting = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 80);
  });
  more.addEventListener("click", () => {
    const first = list.children.length;
    drawMore();
    list.children[first]?.querySelector("h3").scrollIntoView({ block: "center" });
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, dialog");
    if (event.key === "/" && !typing) { event.preventDefault(); byId("search").focus(); }
  });
  byId("theme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  filter();
  document.documentElement.dataset.ready = "yes";
})();
