/// `y[o] = x W[o] z^T + b[o]`: every output is a weighted sum of all products of an element of `x` and one of `z`.
///
/// Shapes, with `I` and `J` sizes of the inputs and `O` outputs: x [N..., I], z [N..., J] -> [N..., O]; `weight` [O, I, J],
/// `bias` [O]. It takes `O` matrix products of all of `x` with a matrix [I, J], and memory for `N * O * J` elements. Stops if
/// the sizes do not fit. PyTorch's `bilinear`.
public func bilinear(_ x: Tensor, _ z: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    if weight.rank != 3 || x.rank < 1 || x.rank != z.rank || Array(x.shape.dropLast()) != Array(z.shape.dropLast())
        || x.shape[x.rank - 1] != weight.shape[1] || z.shape[z.rank - 1] != weight.shape[2]
    {
        mistake(
            "bilinear",
            "expects inputs [N..., I] and [N..., J] and a weight [O, I, J], got \(x.shape), \(z.shape) and \(weight.shape)"
        )
    }
    if let bias, bias.shape != [weight.shape[0]] {
        mistake("bilinear", "expects a bias of shape [\(weight.shape[0])], got \(bias.shape)")
    }
    let type = x.dtype
    if type.isHalf, [z, weight, bias ?? z].allSatisfy({ $0.dtype == type }) {
        // Rounded once, at the end.
        let wide = [x, z, weight].map { $0.converted(to: .float32) }
        return bilinear(wide[0], wide[1], wide[2], bias?.converted(to: .float32)).converted(to: type)
    }
    let rows = x.shape.dropLast().reduce(1, *)
    // [O, N, J]
    let products = matmul(x.reshaped([rows, weight.shape[1]]), weight)
    let sums = (products * z.reshaped([rows, weight.shape[2]])).sum(axes: -1).T
    let result = sums.reshaped(Shape(Array(x.shape.dropLast()) + [weight.shape[0]]))
    return bias.map { result + $0 } ?? result
}
