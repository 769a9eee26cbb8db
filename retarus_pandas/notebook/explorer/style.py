"""How the explorer looks, in the colours and sizes of JupyterLab's theme."""

from __future__ import annotations

from retarus_pandas.notebook.widgets import style_without_kernel

__all__ = ["STYLE"]

# The widgets' own arrow of a list is black, and not to be seen in a dark theme.
_ARROW = (
    "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E"
    "%3Cpath fill='%23bdbdbd' d='m5.2 5.9 3.8 3.8 3.8-3.8 1.2 1.2-5 5-5-5z'/%3E%3C/svg%3E\")"
)

_GONE = style_without_kernel(
    "retarus-explorer", "The kernel that explored the reports here is gone. Run this cell again."
)

STYLE = (
    f"<style>{_GONE}</style>"
    + """<style>
.retarus-explorer { max-width: 900px; padding: 12px 16px; border-radius: 4px;
  border: 1px solid var(--jp-border-color2, #bdbdbd); background: var(--jp-layout-color1, transparent); }
.retarus-explorer, .retarus-explorer * { box-sizing: border-box; }
.retarus-explorer .jupyter-widgets { margin: 0; }
.retarus-explorer .widget-html, .retarus-explorer .widget-html-content { height: auto; }
.retarus-explorer .widget-html-content { line-height: 1.4; color: var(--jp-ui-font-color1, inherit);
  font-size: var(--jp-ui-font-size1, 13px); overflow-wrap: anywhere; }
.retarus-explorer .widget-label { color: var(--jp-ui-font-color1, inherit); text-align: left; width: 92px; }
.retarus-explorer .widget-dropdown, .retarus-explorer .widget-text { width: auto; max-width: 100%; flex: 1 1 260px; }
.retarus-explorer button.jupyter-button { width: auto; flex: none; padding: 0 14px; overflow: visible; }
.retarus-explorer button:focus-visible, .retarus-explorer input:focus-visible,
.retarus-explorer select:focus-visible, .retarus-explorer pre:focus-visible {
  outline: 2px solid var(--jp-brand-color1, #2196f3); outline-offset: 1px; }
.retarus-explorer .widget-vbox:empty { display: none; }
.retarus-explorer-pair > .widget-text:nth-child(2) { flex-basis: 160px; }
.retarus-explorer-pair > .widget-text:nth-child(2) .widget-label { width: auto; }
.retarus-explorer-space { width: 92px; height: 0; flex: none; }
.retarus-explorer-space + * { flex: 1 1 260px; min-width: 0; }
.retarus-explorer-title { font-size: var(--jp-ui-font-size2, 15px); font-weight: 600; }
.retarus-explorer-note, .retarus-explorer-meaning { color: var(--jp-ui-font-color2, inherit); }
.retarus-explorer-fields { border: 1px solid var(--jp-border-color1, #bdbdbd); max-height: 220px; overflow: auto;
  padding: 4px 8px; display: block; }
.retarus-explorer-fields .widget-checkbox { width: auto; height: auto; line-height: 1.5; padding: 2px 0; }
.retarus-explorer-fields .widget-label-basic { display: flex; gap: 8px; width: auto; max-width: 100%; height: auto;
  line-height: inherit; white-space: normal; overflow-wrap: anywhere; cursor: pointer; }
.retarus-explorer-fields input[type="checkbox"] { flex: none; margin: 1px 0 0; }
.retarus-explorer-fields .widget-label-basic > span, .retarus-explorer-field { flex: 1; display: block; }
.retarus-explorer code, .retarus-explorer pre { font-size: var(--jp-code-font-size, 13px);
  font-family: var(--jp-code-font-family, monospace); color: var(--jp-content-font-color1, inherit); }
.retarus-explorer code { padding: 0; background: none; }
.retarus-explorer pre { margin: 0; padding: 8px 10px; max-height: 320px; overflow: auto; white-space: pre-wrap;
  word-break: normal; overflow-wrap: break-word; line-height: 1.4;
  background: var(--jp-layout-color2, rgba(128, 128, 128, .1)); }
.retarus-explorer-fault { padding: 6px 10px; border-left: 3px solid var(--jp-error-color1, #d32f2f);
  background: var(--jp-layout-color2, transparent); white-space: pre-wrap; }
.retarus-explorer-frame, .retarus-explorer-frame .jp-OutputArea-output { max-width: 100%; overflow-x: auto; }
.retarus-explorer-frame .jp-OutputArea-prompt { display: none; }
[data-jp-theme-light="false"] .retarus-explorer select { background-image: ARROW; }
</style>""".replace("ARROW", _ARROW)
)
