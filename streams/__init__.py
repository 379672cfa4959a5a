"""Everything a Pandian worker runs: transport, decoding, the live inventory, the page and the demo."""

import pandian  # noqa: F401 - turns off onnxruntime's reports, before anything here loads it
