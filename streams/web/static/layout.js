// Where the assets of a graph stand: in columns, each to the right of all it refers to. The same graph gives the same
// picture. Nothing here touches the document.

const [WIDTH, HEAD, ROW, GAP_X, GAP_Y, MARGIN] = [210, 38, 22, 170, 26, 12];

// The longest way from an asset to one that refers to nothing; a circle is walked once.
function layersOf(names, edges) {
  const leads = new Map(names.map((name) => [name, new Set()]));
  for (const { from, to } of edges) if (from.asset !== to.asset) leads.get(from.asset).add(to.asset);
  const layers = new Map();
  const open = new Set();
  const walk = (name) => {
    if (layers.has(name)) return layers.get(name);
    if (open.has(name)) return -1;
    open.add(name);
    const layer = Math.max(-1, ...[...leads.get(name)].map(walk)) + 1;
    open.delete(name);
    layers.set(name, layer);
    return layer;
  };
  names.forEach(walk);
  return layers;
}

// Columns in which each asset stands near those it is connected with.
function columnsOf(nodes, edges, layers) {
  const columns = [];
  for (const node of nodes) (columns[layers.get(node.asset)] ??= []).push(node.asset);
  const near = new Map(nodes.map((node) => [node.asset, []]));
  for (const { from, to } of edges) { near.get(from.asset).push(to.asset); near.get(to.asset).push(from.asset); }
  const order = (column, beside) => {
    const at = new Map(beside.map((name, i) => [name, i]));
    const middle = (name) => {
      const places = near.get(name).filter((other) => at.has(other)).map((other) => at.get(other));
      return places.length ? places.reduce((sum, place) => sum + place, 0) / places.length : Infinity;
    };
    const middles = new Map(column.map((name) => [name, middle(name)]));
    column.sort((a, b) => (middles.get(a) === middles.get(b) ? 0 : middles.get(a) - middles.get(b)) || a.localeCompare(b));
  };
  for (let turn = 0; turn < 2; turn += 1) {
    for (let i = 1; i < columns.length; i += 1) order(columns[i], columns[i - 1]);
    for (let i = columns.length - 2; i >= 0; i -= 1) order(columns[i], columns[i + 1]);
  }
  return columns;
}

// Fields in the order of what they are connected with, so that lines cross less.
function orderRows(boxes, edges) {
  const middle = (name) => { const box = boxes.get(name); return box.y + box.height / 2; };
  for (const [name, box] of boxes) {
    const ends = (field) => edges.flatMap(({ from, to }) => [
      from.asset === name && from.field === field ? middle(to.asset) : null, to.asset === name && to.field === field ? middle(from.asset) : null,
    ]).filter((y) => y !== null);
    const near = new Map(box.rows.map(({ field }) => [field, ends(field).reduce((sum, y, _, all) => sum + y / all.length, 0)]));
    const places = box.rows.map((row) => row.y);
    box.rows.sort((a, b) => near.get(a.field) - near.get(b.field) || a.field.localeCompare(b.field));
    box.rows.forEach((row, i) => { row.y = places[i]; });
  }
}

/** Places of nodes and lines: `{width, height, nodes: [{asset, x, y, width, height, rows: [{field, y}]}], edges}`; an edge
 *  has its `path`, and `at`, where its label stands. */
export function layout({ nodes, edges }) {
  const known = new Set(nodes.map((node) => node.asset));
  const drawn = edges.filter(({ from, to }) => known.has(from.asset) && known.has(to.asset));
  const byName = new Map(nodes.map((node) => [node.asset, node]));
  // What refers to others stands on the left.
  const columns = columnsOf(nodes, drawn, layersOf([...known], drawn)).reverse();
  const sizes = new Map(nodes.map((node) => [node.asset, HEAD + ROW * node.fields.length + 6]));
  const heights = columns.map((column) => column.reduce((sum, name) => sum + sizes.get(name) + GAP_Y, -GAP_Y));
  const height = Math.max(...heights, 0) + 2 * MARGIN;
  const boxes = new Map();
  columns.forEach((column, i) => {
    let y = (height - heights[i]) / 2;
    for (const name of column) {
      const x = MARGIN + i * (WIDTH + GAP_X);
      boxes.set(name, { ...byName.get(name), x, y, width: WIDTH, height: sizes.get(name),
        rows: byName.get(name).fields.map((field, row) => ({ field, y: y + HEAD + ROW * row + ROW / 2 })) });
      y += sizes.get(name) + GAP_Y;
    }
  });
  orderRows(boxes, drawn);
  const rowOf = (end) => boxes.get(end.asset).rows.find((row) => row.field === end.field).y;
  const lines = drawn.map((edge) => {
    const [a, b] = [boxes.get(edge.from.asset), boxes.get(edge.to.asset)];
    const [y1, y2] = [rowOf(edge.from), rowOf(edge.to)];
    const back = b.x <= a.x;
    const [x1, x2] = [a.x + WIDTH, back ? b.x + WIDTH : b.x - 7];
    const bend = back ? GAP_X * 0.6 : (x2 - x1) / 2;
    const reach = back ? x2 + 7 + bend : x2 - bend;
    return { edge, path: `M${x1},${y1} C${x1 + bend},${y1} ${reach},${y2} ${back ? x2 + 7 : x2},${y2}`, back, tip: [back ? x2 + 7 : x2, y2], at: [back ? Math.max(x1, x2) + bend * 0.75 : (x1 + x2) / 2, (y1 + y2) / 2] };
  });
  const loops = lines.some((line) => line.back) ? GAP_X * 0.8 : 0;
  return { width: columns.length * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN + loops, height, nodes: [...boxes.values()], edges: lines };
}
