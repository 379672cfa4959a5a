"""Fields that appear, vanish, or change their type or meaning: when, where, how surely.

- ``change``: a change, as it is kept and merged; ``newcomer``: whether what is seen first now is new
- ``presence``: one field's comings and goings; ``meaning``: what a field means, before and after
- ``documents``: the changes of several partitions as they are shown
"""
