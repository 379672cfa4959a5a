"""How strongly the newest windows of a field differ from the reference: Bayes factors of two-sample t tests.

One window gives one number per dimension (a share of 1,000 records, variance-stabilised). Under the null hypothesis
the windows of the reference and the newest ones have one mean and one variance, both unknown, so that whatever a field
varies by from window to window is its own usual variation and speaks against no one. The alternative is a shift of
``d`` standard deviations, ``d ~ N(0, tau2)``. With the right Haar prior on mean and variance the Bayes factor is

    BF = (1 + g)^(-1/2) * ((1 + t2 / v) / (1 + t2 / (v (1 + g))))^((v + 1) / 2)
    v = n0 + n1 - 2,  ne = n0 n1 / (n0 + n1),  g = ne tau2,  t2 = ne (mean1 - mean0)^2 / s2

(Gönen, Johnson, Lu and Westfall, "The Bayesian Two-Sample t Test", 2005). It depends on the data through t alone, whose
law under the null knows neither mean nor variance: so E[BF] = 1 whatever they are, and BF is an e-value (Pérez-Ortiz,
Lardy, de Heide and Grünwald, "E-Statistics, Group Invariance and Anytime-Valid Testing", 2022). It falls as s2 grows:
putting a larger variance in only makes it smaller. Averages of e-values are e-values however they depend on each other
(Vovk and Wang, "E-values: Calibration, Combination and Applications", 2021).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

#: Prior variance of a shift, in standard deviations of a window: shifts worth telling of are five of them and more.
TAU2 = 25.0


def log_bayes_factor(
    n0: Doubles, mean0: Doubles, n1: Doubles, mean1: Doubles, variance: Doubles, freedom: Doubles
) -> Doubles:
    """Return the natural logarithm of the Bayes factor for a shift, per dimension.

    Args:
        n0: windows of the reference.
        mean0: their mean.
        n1: newest windows.
        mean1: their mean.
        variance: pooled variance of one window, greater than 0; a greater one than the pooled is allowed.
        freedom: degrees of freedom of the variance, at least 1; fewer than ``n0 + n1 - 2`` are allowed.
    """
    effective = n0 * n1 / (n0 + n1)
    prior = effective * TAU2
    squared = effective * (mean1 - mean0) ** 2 / variance
    fit = np.log1p(squared / freedom) - np.log1p(squared / (freedom * (1 + prior)))
    result: Doubles = (freedom + 1) / 2 * fit - np.log1p(prior) / 2
    return result


def log_mean_exp(logs: Doubles) -> float:
    """Return the logarithm of the mean of e-values given by their logarithms."""
    highest = float(logs.max())
    return highest + float(np.log(np.exp(logs - highest).mean()))
