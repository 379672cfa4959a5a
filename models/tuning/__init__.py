"""Settings of one kind of model, searched with Optuna in trials that go on after a kill.

Modules:
    settings: how a search is told, and of which values.
    space: what is searched of each kind, checked against the settings of training.
    objective: how good settings are.
    study: the trials, in a folder.
    toml: settings as a file that ``pandian train`` reads.
    report: the search as one HTML page.
"""
