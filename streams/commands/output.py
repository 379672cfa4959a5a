"""What commands print; the words are shared with the commands of other rooms."""

from pandian.output import print_json, say

__all__ = ["print_json", "say"]
