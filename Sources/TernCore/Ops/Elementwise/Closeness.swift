extension Tensor {
    /// Whether `|self - other| <= absoluteTolerance + relativeTolerance * |other|`, elementwise and broadcast. Infinities
    /// are close to themselves. PyTorch's `torch.isclose`.
    ///
    /// - Parameters:
    ///   - other: broadcasts with this tensor.
    ///   - relativeTolerance: as a share of `other`'s elements.
    ///   - absoluteTolerance: what decides near 0.
    ///   - equalNaN: whether NaN is close to NaN.
    public func isClose(
        to other: Tensor, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false
    ) -> Tensor {
        if !(relativeTolerance >= 0 && absoluteTolerance >= 0) {
            mistake(
                "isClose",
                "tolerances must be at least 0, got \(relativeTolerance) (relative) and "
                    + "\(absoluteTolerance) (absolute)")
        }
        return asOneOperation {
            var close = equal(to: other)
            let difference = TernCore.abs(self - other)
            // An infinite tolerance would make everything close to an infinite `other`.
            close = close.logicalOr(
                difference.lessOrEqual(absoluteTolerance + relativeTolerance * TernCore.abs(other))
                    .logicalAnd(difference.isFinite()))
            return equalNaN ? close.logicalOr(isNaN().logicalAnd(other.isNaN())) : close
        }
    }

    /// Whether all elements are close, see ``isClose(to:relativeTolerance:absoluteTolerance:equalNaN:)``. PyTorch's
    /// `torch.allclose`.
    public func allClose(
        to other: Tensor, relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-8, equalNaN: Bool = false
    ) -> Bool {
        isClose(
            to: other, relativeTolerance: relativeTolerance, absoluteTolerance: absoluteTolerance, equalNaN: equalNaN
        ).all().item(as: Bool.self)
    }
}
