"""Everything a Pandian worker runs: transport, decoding, the live inventory, the page and the demo."""
