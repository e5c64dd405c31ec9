import TernCore

/// The ways in which the same values can lie in memory.
enum Layout: CaseIterable {
    case contiguous
    /// The axes in reverse order.
    case transposed
    /// Every other element of a larger tensor, from the second on.
    case sliced
    /// The first row, repeated without memory of its own.
    case expanded

    /// `tensor` in this layout. Values change only for `expanded`, which repeats the first along axis 0.
    func apply(to tensor: Tensor) -> Tensor {
        switch self {
        case .contiguous: return tensor.contiguous()
        case .transposed: return tensor.T.contiguous().T
        case .sliced:
            if tensor.rank == 0 { return tensor }
            let axis = tensor.rank - 1
            let spaced = concatenated([tensor.unsqueezed(axes: -1) * 0, tensor.unsqueezed(axes: -1)], axis: -1)
            let flat = spaced.flattened(from: axis, to: axis + 1)
            return flat.sliced(from: 1, to: flat.shape[axis], by: 2, axis: axis)
        case .expanded:
            if tensor.rank == 0 || tensor.shape[0] == 0 { return tensor }
            return tensor.sliced(from: 0, to: 1, axis: 0).expanded(to: tensor.shape)
        }
    }
}

/// Distinct `float64` values in random order, other ones for another seed, in -1.7 ... -0.3 and 0.3 ... 1.7: away from 0, where many functions bend.
func signedValues(_ shape: Shape, seed: UInt64 = 1) -> Tensor {
    var generator = Generator(seed: seed)
    let step = 1.4 / Double(max(shape.elements, 1))
    let start = 0.3 + step * Double(seed % 16) / 16
    let magnitudes: [Double] = (0..<shape.elements).map { start + step * Double($0) }
    let values: [Double] = magnitudes.shuffled(using: &generator).map { magnitude in
        Bool.random(using: &generator) ? magnitude : -magnitude
    }
    return Tensor(shape: shape, values: values)
}

/// The magnitudes of ``signedValues(_:seed:)``.
func positiveValues(_ shape: Shape, seed: UInt64 = 1) -> Tensor { abs(signedValues(shape, seed: seed)) }
