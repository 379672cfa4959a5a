"""A training that is cut off goes on as if it had not been, and most users stay in the graph."""

import numpy as np
import pytest
import torch

from models.base import Run
from models.config import TrainConfig
from models.data.histories import Histories
from models.lightgcn.model import LightGCN
from models.lightgcn.settings import LightgcnSettings
from models.sasrec.learning import Learner
from tests.support.interactions import chains, log_of

LOG = log_of(chains(40, 8, 12))


class CutOffError(Exception):
    """What a kill does, within a process."""


def model(**settings):
    table = LightgcnSettings(size=8, epochs=2, warmup_steps=3, checkpoint_seconds=0, **settings)
    return LightGCN(TrainConfig(max_length=8, threads=1, lightgcn=table))


def fit(found):
    found.fit(LOG, Run(found.config))
    return found.network().state_dict()


def test_cut_off_it_ends_as_it_would_have(tmp_path, monkeypatch):
    whole = fit(model())
    learn = Learner._learn

    def cut_off(self, group):
        if self.step == 5:
            raise CutOffError
        learn(self, group)

    with monkeypatch.context() as patched, pytest.raises(CutOffError):
        patched.setattr(Learner, "_learn", cut_off)
        fit(model(checkpoints=tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    again = model(checkpoints=tmp_path)
    broken = fit(again)
    assert all(torch.equal(value, broken[name]) for name, value in whole.items())
    again.done()
    assert not list(tmp_path.iterdir())


def test_most_users_stay_in_the_graph_while_it_learns():
    batches = list(model().batches(Histories(LOG)).epoch(np.random.default_rng(0)))
    assert max(len(np.unique(batch.users)) for batch in batches) <= LOG.n_users / 4
    assert set(np.concatenate([batch.users for batch in batches])) == set(LOG.users)


def test_items_are_near_each_other_by_what_they_are_read_by():
    found = model()
    answers = fit(found)
    assert torch.equal(torch.from_numpy(found.vectors()), answers["items.weight"][1:])
