import Tern

extension LayerTests {
    /// The layers of `cases_norm_layers.py`.
    static let norms: [String: @Sendable () -> any Module<Tensor, Tensor>] = [
        "LayerNorm": { LayerNorm(5) },
        "LayerNorm-two-axes": { LayerNorm([4, 5], epsilon: 1e-2) },
        "LayerNorm-no-bias": { LayerNorm(5, bias: false) },
        "RMSNorm": { RMSNorm(5, epsilon: 1e-4) },
        "GroupNorm": { GroupNorm(2, 6) },
        "GroupNorm-not-affine": { GroupNorm(3, 6, affine: false) },
        "InstanceNorm1d": { InstanceNorm1d(3) },
        "InstanceNorm2d": { InstanceNorm2d(3, affine: true, tracksRunningStatistics: true) },
        "InstanceNorm3d": { InstanceNorm3d(2, momentum: 0.3, affine: true) },
        "BatchNorm3d": { BatchNorm3d(3) },
        "SequentialNorms": {
            Sequential {
                Linear(6, 8)
                LayerNorm(8)
                GELU()
                RMSNorm(8, epsilon: 1e-5)
            }
        },
    ]
}
