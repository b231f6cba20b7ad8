// What the drawings have in common: sharp canvases, colours of the theme, pan and zoom by pointer, wheel and keys, the tooltip.
// Knows nothing of what is drawn.
const colors = {};
function readColors() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['card', 'raised', 'line', 'strong', 'text', 'dim', 'accent', 'select', 'on-dark', 'on-light', 'wait', 'pause',
    'event', 'grid', 'stripe', ...Object.keys(STATES)]) colors[name] = style.getPropertyValue('--' + name).trim();
  colors.sans = style.getPropertyValue('--sans');
}
const onState = (state) => (state === 'degraded' ? colors['on-light'] : colors['on-dark']);

// Gives the pen scaled so that a unit is a CSS pixel, and fits the bitmap to the element.
function prepare(canvas, height) {
  const scale = Math.min(3, window.devicePixelRatio || 1);
  const width = Math.max(1, canvas.clientWidth);
  if (canvas.style.height !== height + 'px') canvas.style.height = height + 'px';
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return {pen, width, height};
}

// At most one drawing a frame.
function eachFrame(draw) {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  };
  soon.now = draw;
  return soon;
}

const widths = new Map();
function textWidth(pen, text) {
  const key = pen.font + '\n' + text;
  if (!widths.has(key)) {
    if (widths.size > 20000) widths.clear();
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

function fitted(pen, text, width) {
  if (textWidth(pen, text) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(pen, text.slice(0, middle) + '…') <= width) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? '' : text.slice(0, low) + '…';
}

const stripes = new Map();
function striped(pen, color, slant) {
  const key = color + slant;
  if (!stripes.has(key)) {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const inside = tile.getContext('2d');
    inside.strokeStyle = color;
    inside.lineWidth = 1.6;
    inside.beginPath();
    for (const shift of [-6, 0, 6]) {
      inside.moveTo(shift + (slant > 0 ? 0 : 6), 6);
      inside.lineTo(shift + (slant > 0 ? 6 : 0), 0);
    }
    inside.stroke();
    stripes.set(key, pen.createPattern(tile, 'repeat'));
  }
  return stripes.get(key);
}

function box(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, Math.max(width, 0.5), height, Math.min(radius, Math.max(width, 0.5) / 2));
}

const tip = $('tip');
function showTip(x, y, lines) {
  if (!lines) { tip.hidden = true; return; }
  tip.replaceChildren(element('b', {}, lines[0]), ...lines.slice(1).filter(Boolean).map((line) => element('div', {}, line)));
  tip.hidden = false;
  const room = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 14, window.innerWidth - room.width - 8)) + 'px';
  tip.style.top = (y + 18 + room.height > window.innerHeight ? Math.max(4, y - room.height - 12) : y + 18) + 'px';
}

function jobLines(job) {
  const times = job.ran ? duration(job.time) + ' from +' + duration(job.from) : job.restored ? 'done by an earlier run' : 'did not run';
  return [job.name, stateOf(job).icon + ' ' + stateOf(job).word + ' · ' + times,
    job.wait > 0.005 ? 'waited ' + duration(job.wait) + ' to start' : '',
    job.attempt_count > 1 ? job.attempt_count + ' attempts' : '', job.reason || '',
    job.children.length > 0 ? count(job.children.length, 'job') + ' inside' : ''];
}

// pointer(canvas, {hit, tip, click, doubleClick, pan, zoom}): zoom(factor, x, y), pan(dx, dy) in pixels.
function pointer(canvas, acts) {
  let drag = null;
  let moved = false;
  const fingers = new Map();
  const place = (event) => {
    const room = canvas.getBoundingClientRect();
    return [event.clientX - room.left, event.clientY - room.top];
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    drag = place(event);
    moved = false;
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = place(event);
    if (fingers.size === 2 && fingers.has(event.pointerId)) {
      const span = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]) + 1; };
      const earlier = span();
      fingers.set(event.pointerId, [x, y]);
      acts.zoom(span() / earlier, x, y);
      moved = true;
      return;
    }
    if (drag) {
      if (!moved && Math.hypot(x - drag[0], y - drag[1]) < 4) return;
      moved = true;
      canvas.classList.add('drag');
      showTip();
      acts.pan(x - drag[0], y - drag[1]);
      drag = [x, y];
      fingers.set(event.pointerId, drag);
      return;
    }
    const found = acts.hit(x, y);
    canvas.classList.toggle('over', Boolean(found));
    showTip(event.clientX, event.clientY, found && acts.tip(found));
  });
  const end = (event) => {
    fingers.delete(event.pointerId);
    if (drag && !moved && event.type === 'pointerup') {
      const found = acts.hit(...place(event));
      if (found) acts.click(found);
    }
    drag = null;
    canvas.classList.remove('drag');
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => showTip());
  canvas.addEventListener('dblclick', (event) => acts.doubleClick(acts.hit(...place(event))));
  canvas.addEventListener('wheel', (event) => {
    const scale = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      acts.zoom(Math.exp(-event.deltaY * scale * 0.004), ...place(event));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      acts.pan(-(event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX) * scale, 0);
    } else if (!acts.scroll || !acts.scroll(event.deltaY * scale)) {
      return;  // the page's
    }
    event.preventDefault();
  }, {passive: false});
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pans = {ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]};
    if (!pans[event.key]) return;
    acts.pan(...pans[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
}
