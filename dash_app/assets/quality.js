/* The Quality pages: links in grids, opening a batch, asking again when what is chosen changes. */

(function () {
  const h = React.createElement;

  function BatchLink({ data }) {
    if (!data || data.batch_no === null) return null;
    return h("a", { href: "/quality/batch/" + data.batch_no, tabIndex: -1 }, data.batch_no);
  }

  function openBatch(params) {
    dash_clientside.set_props("address", { pathname: "/quality/batch/" + params.data.batch_no, search: "" });
  }

  function onBatchClick(params) {
    const click = params.event;
    if (!click || click.ctrlKey || click.metaKey || click.shiftKey) return;   // a new tab: the link's own
    click.preventDefault();
    openBatch(params);
  }

  function onBatchKey(params) {
    if (params.event.key === "Enter") openBatch(params);
  }

  /* Where a row is for something else, Enter opens the batch only where its number stands. */
  function onLinkKey(params) {
    if (params.event.key === "Enter" && params.column.getColId() === "batch_no" && params.data.batch_no) openBatch(params);
  }

  /* Rows of another choice: none of those chosen before stays chosen. */
  function askAgain() {
    const grid = dash_ag_grid.getApi("refused-grid");
    if (!grid) return dash_clientside.no_update;
    grid.deselectAll();
    grid.purgeInfiniteCache();
    return dash_clientside.no_update;
  }

  function selected(rows) {
    const count = (rows || []).length;
    return count + (count === 1 ? " row" : " rows") + " selected above";
  }

  const isNoFix = (action) => action !== "fix";

  Object.assign(window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {}, { BatchLink });
  Object.assign(window.dashAgGridFunctions = window.dashAgGridFunctions || {}, { onBatchClick, onBatchKey, onLinkKey });
  window.dash_clientside = Object.assign({}, window.dash_clientside, { quality: { askAgain, selected, isNoFix } });
})();
