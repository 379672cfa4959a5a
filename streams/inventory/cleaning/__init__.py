"""Values made canonical: trimmed, unescaped, in one notation; and how many each rule changed. Raw data stays.

Modules:
    base: the contract of a rule.
    rules: the rules, a family a file.
    plan: which rules a field gets, from its meaning and samples.
    cleaner: a field's rules applied to its values, in bulk.
    summary: how many values each rule changes, from what a profile holds of a field: exact while it holds all.
"""

from streams.inventory.cleaning.cleaner import Cleaned, Cleaner
from streams.inventory.cleaning.plan import PLAIN, FieldPlan, asks_samples, plan
from streams.inventory.cleaning.summary import plans_of, summary

__all__ = ["PLAIN", "Cleaned", "Cleaner", "FieldPlan", "asks_samples", "plan", "plans_of", "summary"]
