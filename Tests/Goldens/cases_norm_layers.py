"""Cases of the layers of normalization, as those of cases_layers.py."""

from torch import nn

from cases_layers import layer


def add(file):
    layer(file, "LayerNorm", nn.LayerNorm(5), 3, 4, 5)
    layer(file, "LayerNorm-two-axes", nn.LayerNorm((4, 5), eps=1e-2), 3, 4, 5)
    layer(file, "LayerNorm-no-bias", nn.LayerNorm(5, bias=False), 3, 5)
    layer(file, "RMSNorm", nn.RMSNorm(5, eps=1e-4), 3, 4, 5)
    layer(file, "GroupNorm", nn.GroupNorm(2, 6), 3, 6, 4)
    layer(file, "GroupNorm-not-affine", nn.GroupNorm(3, 6, affine=False), 3, 6, 2, 2)
    layer(file, "InstanceNorm1d", nn.InstanceNorm1d(3), 2, 3, 5)
    layer(file, "InstanceNorm2d", nn.InstanceNorm2d(3, affine=True, track_running_stats=True), 3, 3, 4, 2)
    layer(file, "InstanceNorm3d", nn.InstanceNorm3d(2, affine=True, momentum=0.3), 2, 2, 2, 3, 2)
    layer(file, "BatchNorm3d", nn.BatchNorm3d(3), 2, 3, 2, 2, 3)
    layer(file, "SequentialNorms", nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.GELU(), nn.RMSNorm(8, eps=1e-5)), 4, 6)
