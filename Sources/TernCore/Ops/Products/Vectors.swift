// Many vectors at once, each of which is read once, without derivatives. They are of one length, and computed in one type,
// `float32` or `float64`.

/// The dot products of vectors with `a`, and those with `b`.
package func dotProducts(of vectors: [Tensor], _ a: Tensor, _ b: Tensor) -> [[Double]] {
    let operands = alike(vectors + [a, b], a.dtype, "dotProducts")
    let result = Tensor(uninitialized: [2, vectors.count], dtype: a.dtype)
    a.backend.dotProducts(operands.dropLast(2), operands[vectors.count], operands[vectors.count + 1], into: result)
    let products = result.output(of: "dotProducts", from: operands)
    return [products[0].array(of: Double.self), products[1].array(of: Double.self)]
}

/// The sum of vectors times factors, in their order; of the shape and type of the first.
package func linearCombination(_ vectors: [Tensor], _ factors: [Double]) -> Tensor {
    let operands = alike(vectors, vectors[0].dtype, "linearCombination")
    let result = Tensor(uninitialized: vectors[0].shape, dtype: vectors[0].dtype)
    result.backend.combine(operands, factors, into: result)
    return result.output(of: "linearCombination", from: operands + [Tensor(factors)])
}

private func alike(_ vectors: [Tensor], _ type: DType, _ name: String) -> [Tensor] {
    for vector in vectors where vector.count != vectors[0].count {
        mistake(name, "expects vectors of one length, got \(vectors[0].count) and \(vector.count)")
    }
    return vectors.map { $0.converted(to: type).contiguous() }
}
