
'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const AVERAGE = -1;
  const FIRST_TOKENS = 4;
  const state = {sequence: 0, head: 0, query: 0, key: 0, zoom: 1};

  // --- Numbers ---------------------------------------------------------------------------------

  let sequence; // the one that is shown: rows, columns, heads and what is made of them here

  const floats = text => {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    return new Float32Array(bytes.buffer);
  };

  function averaged(matrices) {
    const mean = new Float32Array(matrices[0].length);
    for (let n = 0; n < mean.length; n++) {
      let sum = 0;
      for (const matrix of matrices) sum += matrix[n];
      mean[n] = sum / matrices.length;
    }
    return mean;
  }

  const largest = weights => weights.reduce((max, w) => w > max ? w : max, 0);

  /** The same figures as the job's metrics, each a mean over the queries, and the line of one. */
  function health(weights) {
    const width = sequence.columns.length;
    const sums = {entropy: 0, first: 0, distance: 0, largest: 0};
    const line = new Float32Array(sequence.rows.length);
    let finite = 0;
    for (let i = 0; i < line.length; i++) {
      let entropy = 0, first = 0, distance = 0, largest = 0;
      for (let j = 0; j < width; j++) {
        const w = weights[i * width + j];
        if (w === 0) continue;
        entropy -= w * Math.log(w);
        if (sequence.columns[j] < FIRST_TOKENS) first += w;
        distance += w * Math.abs(sequence.rows[i] - sequence.columns[j]);
        largest = Math.max(largest, w);
      }
      line[i] = entropy;
      if (Number.isNaN(entropy)) continue;
      finite++;
      sums.entropy += entropy; sums.first += first; sums.distance += distance; sums.largest += largest;
    }
    for (const name in sums) sums[name] /= Math.max(1, finite);
    return {line, ...sums};
  }

  function load(number) {
    const given = data.sequences[number];
    const matrices = given.heads.map(head => floats(head.weights));
    sequence = {...given, views: []};
    const views = given.heads.map((head, n) => ({head: head.head, name: 'Head ' + head.head, weights: matrices[n]}));
    if (views.length > 1) views.unshift({head: AVERAGE, name: 'Average', weights: averaged(matrices)});
    // Heads are compared with each other, so they share one scale; the average has its own.
    const max = Math.max(...matrices.map(largest)) || 1;
    for (const view of views) {
      view.max = view.head === AVERAGE ? largest(view.weights) || 1 : max;
      view.health = health(view.weights);
    }
    sequence.views = views;
  }

  const view = () => sequence.views.find(v => v.head === state.head) || sequence.views[sequence.views.length - 1];
  const weight = (v, i, j) => v.weights[i * sequence.columns.length + j];
  const digits = (value, count) => Number.isNaN(value) ? 'not finite' : String(Number(value.toPrecision(count)));

  // --- Text ------------------------------------------------------------------------------------

  /** Control and direction characters are shown, not obeyed. */
  const shown = text => text
    .replace(/[\u0000-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      c => '[U+' + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0') + ']');

  function cut(text, most) {
    const start = [];
    for (const c of text) {
      if (start.length === most) return start.slice(0, -1).join('') + '\u2026';
      start.push(c);
    }
    return text;
  }

  const label = (position, most) => {
    const text = sequence.labels[position];
    return text == null ? String(position) : cut(shown(text), most);
  };

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text != null) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // --- Colours ---------------------------------------------------------------------------------

  const SHADES = 1024;
  const GREY = [128, 128, 128];
  const shades = Array.from({length: SHADES}, (_, n) => {
    const place = n / (SHADES - 1) * (data.colours.length - 1);
    const stop = Math.min(Math.floor(place), data.colours.length - 2);
    return [16, 8, 0].map(shift => {
      const from = data.colours[stop] >> shift & 255, to = data.colours[stop + 1] >> shift & 255;
      return Math.round(from + (to - from) * (place - stop));
    });
  });

  /** The place of a weight among the shades. */
  function place(w, max, scale) {
    const share = w / max;
    const at = scale === 'root' ? Math.sqrt(share) : scale === 'log' ? 1 + Math.log10(share) / 4 : share;
    return Math.round(Math.min(1, Math.max(0, at)) * (SHADES - 1));
  }

  const shade = (w, max) => shades[place(w, max, $('scale').value)];

  /** One pixel a cell; where nothing may be seen it is clear. */
  function bitmap(v) {
    const canvas = element('canvas');
    canvas.width = sequence.columns.length;
    canvas.height = sequence.rows.length;
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const scale = $('scale').value;
    for (let n = 0; n < v.weights.length; n++) {
      const w = v.weights[n];
      if (w === 0) continue;
      const colour = Number.isNaN(w) ? GREY : shades[place(w, v.max, scale)];
      image.data[4 * n] = colour[0];
      image.data[4 * n + 1] = colour[1];
      image.data[4 * n + 2] = colour[2];
      image.data[4 * n + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** A canvas of the size that it has on the page, with its pixels as fine as the screen's. */
  function prepared(canvas, width, height) {
    const ratio = Math.min(window.devicePixelRatio || 1, 8192 / Math.max(width, height));
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }

  // --- The map ---------------------------------------------------------------------------------

  const layout = {cell: 1, left: 0, top: 0};
  const FONT = '11px system-ui, "DejaVu Sans", sans-serif';

  /** Small cells take all the room that there is, larger ones are all alike. */
  const whole = cell => cell < 6 ? cell : Math.floor(cell);

  function arrange() {
    const measure = $('map').getContext('2d');
    measure.font = FONT;
    const widest = (positions, most) => {
      let width = 0;
      for (const p of positions) width = Math.max(width, measure.measureText(label(p, 18)).width);
      return Math.min(most, Math.ceil(width) + 8);
    };
    const room = $('scroll').clientWidth;
    layout.left = widest(sequence.rows, Math.min(130, room / 4));
    layout.top = widest(sequence.columns, 110);
    const columns = sequence.columns.length, rows = sequence.rows.length;
    const fitting = (room - layout.left - 2) / columns;
    const fit = Math.min(30, whole(fitting));
    const most = 8000 / Math.max(columns, rows);
    layout.cell = Math.min(most, fit * state.zoom);
    layout.cell = whole(layout.cell);
    $('in').disabled = layout.cell >= Math.min(40, Math.floor(most));
    $('out').disabled = state.zoom <= 1;
  }

  function drawMap() {
    arrange();
    const {cell, left, top} = layout;
    const width = left + cell * sequence.columns.length, height = top + cell * sequence.rows.length;
    const map = $('map');
    map.style.width = width + 'px';
    map.style.height = height + 'px';
    map.dataset.rows = sequence.rows.length;
    map.dataset.columns = sequence.columns.length;
    map.dataset.cell = cell;
    map.dataset.left = left;
    map.dataset.top = top;
    const context = prepared(map, width, height);
    context.fillStyle = css('--empty');
    context.fillRect(left, top, width - left, height - top);
    context.imageSmoothingEnabled = cell < 1;
    context.drawImage(bitmap(view()), left, top, width - left, height - top);
    drawLabels(context);
    map.setAttribute('aria-label', `${view().name}: ${sequence.rows.length} queries by ${sequence.columns.length} keys`);
    drawCursor();
  }

  function drawLabels(context) {
    const {cell, left, top} = layout;
    const every = Math.ceil(11 / cell);
    context.font = FONT;
    context.fillStyle = css('--quiet');
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    sequence.rows.forEach((position, i) => {
      if (i % every === 0) context.fillText(label(position, 18), left - 5, top + (i + .5) * cell, left - 6);
    });
    context.textAlign = 'left';
    sequence.columns.forEach((position, j) => {
      if (j % every) return;
      context.save();
      context.translate(left + (j + .5) * cell, top - 5);
      context.rotate(-Math.PI / 2);
      context.fillText(label(position, 18), 0, 0, top - 6);
      context.restore();
    });
  }

  function drawCursor() {
    const {cell, left, top} = layout;
    const place = (id, x, y, width, height) => Object.assign($(id).style,
      {display: 'block', left: x + 'px', top: y + 'px', width: width + 'px', height: height + 'px'});
    place('row', left, top + state.query * cell, cell * sequence.columns.length, cell);
    place('cell', left + state.key * cell, top + state.query * cell, cell, cell);
  }

  // --- The other panels ------------------------------------------------------------------------

  function drawReadout() {
    const v = view();
    const w = weight(v, state.query, state.key);
    const query = sequence.rows[state.query], key = sequence.columns[state.key];
    const readout = $('readout');
    readout.replaceChildren(
      element('bdi', label(query, 60)), ' \u2192 ', element('bdi', label(key, 60)), ': ',
      element('strong', digits(w, 6)), ` (query ${query}, key ${key})`);
    $('query').replaceChildren('What ', element('b', label(query, 60)), ' attends to');
    $('query').children[0].dir = 'auto';
    const from = state.query * sequence.columns.length;
    const most = largest(v.weights.subarray(from, from + sequence.columns.length));
    [...$('tokens').children].forEach((token, j) => {
      const value = weight(v, state.query, j);
      token.hidden = sequence.waterfall && value === 0;
      const [r, g, b] = value > 0 ? shade(value, most) : [0, 0, 0];
      token.style.background = value > 0 ? `rgb(${r},${g},${b})` : '';
      token.style.color = value > 0 ? (0.3 * r + 0.59 * g + 0.11 * b > 125 ? '#16121d' : '#fff') : '';
      const asks = sequence.columns[j] === query;
      token.classList.toggle('asks', asks);
      if (asks) $('tokens').scrollTop = token.offsetTop - $('tokens').offsetTop - 60;
    });
    drawEntropy();
  }

  function drawTokens() {
    $('tokens').replaceChildren(...sequence.columns.map((position, j) => {
      const token = element('span', label(position, 40));
      token.dataset.column = j;
      return token;
    }));
  }

  function line(context, values, width, height, most, colour, thickness) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    values.forEach((value, i) => {
      const x = values.length === 1 ? width / 2 : i / (values.length - 1) * (width - 2) + 1;
      const y = height - 2 - (height - 4) * Math.min(1, (Number.isNaN(value) ? 0 : value) / most);
      if (i) context.lineTo(x, y); else context.moveTo(x, y);
      if (values.length === 1) context.lineTo(x + 1, y);
    });
    context.stroke();
  }

  const mostEntropy = () => Math.max(Math.log(sequence.columns.length), 1e-6);

  function drawEntropy() {
    const canvas = $('entropy'), width = canvas.clientWidth, height = canvas.clientHeight;
    const context = prepared(canvas, width, height);
    const most = mostEntropy();
    $('most').textContent = digits(most, 3);
    context.font = FONT;
    context.strokeStyle = css('--line');
    context.beginPath();
    for (const y of [1, height - 1]) { context.moveTo(0, y); context.lineTo(width, y); }
    context.stroke();
    for (const v of sequence.views) if (v.head !== AVERAGE) line(context, v.health.line, width, height, most, css('--line'), 1);
    line(context, view().health.line, width, height, most, css('--accent'), 2);
    const entropy = view().health.line[state.query];
    const x = sequence.rows.length === 1 ? width / 2 : state.query / (sequence.rows.length - 1) * (width - 2) + 1;
    context.fillStyle = css('--mark');
    context.fillRect(x - .75, 0, 1.5, height);
    context.textAlign = x > width / 2 ? 'right' : 'left';
    context.fillText(`${digits(entropy, 3)} \u2248 ${digits(Math.exp(entropy), 2)} tokens`, x + (x > width / 2 ? -6 : 6), height - 8);
  }

  function drawHealth() {
    const h = view().health;
    const rows = [
      ['Mean entropy', digits(h.entropy, 3) + ' nats'],
      ['Weight on the first ' + FIRST_TOKENS + ' tokens', digits(100 * h.first, 3) + ' %'],
      ['Mean distance', digits(h.distance, 3) + ' tokens'],
      ['Largest weight, mean', digits(h.largest, 3)],
    ];
    $('health').replaceChildren(...rows.flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
  }

  function drawHeads() {
    $('heads').replaceChildren(...sequence.views.map(v => {
      const card = element('button', null, 'card');
      card.type = 'button';
      card.dataset.head = v.head;
      const name = element('span', v.name);
      name.append(element('small', digits(v.health.entropy, 2) + ' nats'));
      const heat = bitmap(v);
      heat.className = 'heat';
      heat.style.imageRendering = heat.width > 150 ? 'auto' : 'pixelated';
      card.append(name, heat, element('canvas', null, 'line'));
      card.addEventListener('click', () => { state.head = v.head; showHead(); });
      return card;
    }));
    for (const card of $('heads').children) {
      const canvas = card.lastElementChild;
      const v = sequence.views.find(one => String(one.head) === card.dataset.head);
      const context = prepared(canvas, canvas.clientWidth, canvas.clientHeight);
      line(context, v.health.line, canvas.clientWidth, canvas.clientHeight, mostEntropy(), css('--accent'), 1.2);
    }
  }

  // --- What is shown ---------------------------------------------------------------------------

  function showHead() {
    state.head = view().head;
    for (const card of $('heads').children) card.setAttribute('aria-pressed', card.dataset.head === String(state.head));
    $('title').textContent = view().name;
    const {max} = view();
    $('high').textContent = digits(max, 3);
    const ramp = $('ramp').getContext('2d');
    for (let x = 0; x < 160; x++) {
      ramp.fillStyle = `rgb(${shade(x / 159 * max, max).join()})`;
      ramp.fillRect(x, 0, 1, 1);
    }
    drawMap();
    drawHealth();
    drawReadout();
  }

  function showSequence(number) {
    state.sequence = number;
    load(number);
    state.query = Math.min(sequence.rows.length - 1, Math.floor(sequence.rows.length / 2));
    const weights = view().weights.subarray(state.query * sequence.columns.length, (state.query + 1) * sequence.columns.length);
    state.key = Math.max(0, weights.indexOf(largest(weights)));
    state.zoom = 1;
    $('sequence').value = number;
    $('previous').disabled = number === 0;
    $('next').disabled = number === data.sequences.length - 1;
    const heads = sequence.heads.length;
    $('about').replaceChildren(element('bdi', cut(shown(sequence.id), 200)),
      `: ${sequence.rows.length} ${sequence.waterfall ? 'tokens, answered one by one (time goes down)' : 'tokens'}, ${heads} ${heads === 1 ? 'head' : 'heads'}. `
      + 'A row is a query, a column a key.'
      + (data.leftOut ? ` ${data.leftOut} records had no room in this page.` : ''));
    drawTokens();
    drawHeads();
    showHead();
  }

  function moveTo(query, key) {
    state.query = Math.min(sequence.rows.length - 1, Math.max(0, query));
    state.key = Math.min(sequence.columns.length - 1, Math.max(0, key));
    drawCursor();
    drawReadout();
  }

  // --- Pointer and keys ------------------------------------------------------------------------

  function tip(event, v, i, j) {
    const box = $('tip');
    box.replaceChildren(element('b', digits(weight(v, i, j), 6)), element('br'),
      element('bdi', label(sequence.rows[i], 200)), ' \u2192 ', element('bdi', label(sequence.columns[j], 200)));
    box.hidden = false;
    const right = event.clientX + 16 + box.offsetWidth > window.innerWidth;
    box.style.left = Math.max(4, event.clientX + (right ? -16 - box.offsetWidth : 16)) + 'px';
    box.style.top = Math.max(4, Math.min(window.innerHeight - box.offsetHeight - 4, event.clientY + 16)) + 'px';
  }

  const hideTip = () => { $('tip').hidden = true; };

  function overMap(event) {
    const box = $('map').getBoundingClientRect();
    const j = Math.floor((event.clientX - box.left - layout.left) / layout.cell);
    const i = Math.floor((event.clientY - box.top - layout.top) / layout.cell);
    if (i < 0 || j < 0 || i >= sequence.rows.length || j >= sequence.columns.length) return hideTip();
    if (i !== state.query || j !== state.key) moveTo(i, j);
    tip(event, view(), i, j);
  }

  function overCard(event) {
    const heat = event.target.closest('.heat');
    if (!heat) return hideTip();
    const box = heat.getBoundingClientRect();
    const i = Math.min(sequence.rows.length - 1, Math.floor((event.clientY - box.top) / box.height * sequence.rows.length));
    const j = Math.min(sequence.columns.length - 1, Math.floor((event.clientX - box.left) / box.width * sequence.columns.length));
    const head = heat.closest('.card').dataset.head;
    tip(event, sequence.views.find(v => String(v.head) === head), Math.max(0, i), Math.max(0, j));
  }

  const MOVES = {
    ArrowUp: () => [state.query - 1, state.key], ArrowDown: () => [state.query + 1, state.key],
    ArrowLeft: () => [state.query, state.key - 1], ArrowRight: () => [state.query, state.key + 1],
    Home: () => [state.query, 0], End: () => [state.query, sequence.columns.length - 1],
  };

  $('map').addEventListener('pointermove', overMap);
  $('map').addEventListener('pointerdown', overMap);
  $('map').addEventListener('pointerleave', hideTip);
  $('map').addEventListener('keydown', event => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    moveTo(...move());
    $('cell').scrollIntoView({block: 'nearest', inline: 'nearest'});
  });
  $('heads').addEventListener('pointermove', overCard);
  $('heads').addEventListener('pointerleave', hideTip);
  window.addEventListener('scroll', hideTip, true);
  $('tokens').addEventListener('click', event => {
    const column = event.target.dataset.column;
    if (column == null) return;
    const query = sequence.rows.indexOf(sequence.columns[column]);
    moveTo(query < 0 ? state.query : query, Number(column));
  });
  $('sequence').addEventListener('change', event => showSequence(Number(event.target.value)));
  $('previous').addEventListener('click', () => showSequence(state.sequence - 1));
  $('next').addEventListener('click', () => showSequence(state.sequence + 1));
  $('scale').addEventListener('change', () => { drawHeads(); showHead(); });
  $('in').addEventListener('click', () => { state.zoom *= 1.5; drawMap(); });
  $('out').addEventListener('click', () => { state.zoom = Math.max(1, state.zoom / 1.5); drawMap(); });
  const redraw = () => { drawHeads(); showHead(); };
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width) { width = window.innerWidth; redraw(); }
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  $('sequence').replaceChildren(...data.sequences.map((one, n) => {
    const option = element('option', `\u2068${cut(shown(one.id), 80)}\u2069 \u00b7 ${one.rows.length} tokens`);
    option.value = n;
    return option;
  }));
  showSequence(0);
})();
