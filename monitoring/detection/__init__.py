"""Detectors that read labels one after the other and say when something has changed, with a promised run length.

``base``          labels, alarms, and what every detector does
``exceptions``    labels that are refused
``eprocess``      the Shiryaev-Roberts e-process, over a grid of bets
``ranks``         each positive label against fresh negative ones
``reference``     the AUC that a model has shown, from below
``onset``         when the change began, and what the labels say since then
``discrimination``  the AUC has fallen
``calibration``   the probabilities are off
``famine``        labels, or positive ones, have stopped
``segments``      the threshold where several segments are watched at once
"""
