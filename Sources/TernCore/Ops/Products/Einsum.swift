/// Sums of products in Einstein's notation: a letter names an axis, letters that several operands have run together, and
/// those that the result lacks are summed over. PyTorch's `torch.einsum`.
///
/// ```swift
/// let a: Tensor = [[1, 2], [3, 4]]
/// let b: Tensor = [[5, 6], [7, 8]]
/// einsum("ij,jk->ik", a, b)     // [[19, 22], [43, 50]], the matrix product
/// einsum("ii->i", a)            // [1, 4], the diagonal
/// einsum("ij->", a)             // 10.0
/// einsum("...ij->...ji", a)     // [[1, 3], [2, 4]]
/// ```
///
/// - `...` stands for any number of axes, which broadcast.
/// - A letter twice in one operand takes its diagonal.
/// - Without `->` the result has the axes of `...`, then in the order of ASCII the letters that occur once.
/// - Spaces are ignored. A size of 1 goes with any size.
///
/// Operands are contracted two at a time, in the order that takes the fewest multiplications (of up to eight operands; of
/// more in the order that is cheapest step by step). What only one operand has is summed first. Each contraction is one
/// matrix product, batched over the letters that stay, which reads the operands where they lie if any strides can say so; a
/// product without a sum is elementwise. Profiles and captured graphs show these products.
///
/// Integers, `bool` and half types are multiplied as in ``matmul(_:_:)``. Stops if the equation does not fit the operands,
/// with both.
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor { einsum(equation, operands) }

/// ``einsum(_:_:)-(_,Tensor...)`` of the tensors of a list.
public func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
    if let type = Autocast.type(narrowing: operands) {
        return einsum(equation, operands.map { $0.converted(to: type) })
    }
    if operands.count > 2, let type = operands.first(where: \.dtype.isHalf)?.dtype {
        // Rounded once, not after each product.
        Tensor.checkOneFloatingPointType("einsum", operands)
        return sumOfProducts(equation, operands.map { $0.dtype == type ? $0.converted(to: .float32) : $0 })
            .converted(to: type)
    }
    return sumOfProducts(equation, operands)
}

private func sumOfProducts(_ equation: String, _ operands: [Tensor]) -> Tensor {
    let parsed = EinsumEquation(equation, operands)
    var terms = Swift.zip(Tensor.productOperands(operands, "einsum"), parsed.inputs).map { tensor, axes in
        LabeledTensor(tensor, axes).withoutRepeats
    }
    let sizes = parsed.sizes
    terms = terms.map { $0.withoutOnes(sizes) }
    let result = contracted(terms, to: parsed.output, sizes)
    // What has the size 1 in all operands that name it is no axis of any.
    var shape = Shape()
    for axis in parsed.output { shape.append(sizes[axis]) }
    return result.reshaped(shape)
}

/// Contracts terms to one with the axes `output`, of which those of size 1 may be missing.
func contracted(_ terms: [LabeledTensor], to output: [Int], _ sizes: [Int]) -> Tensor {
    var terms: [LabeledTensor?] = terms
    let order = ContractionOrder(terms.map { $0!.set }, kept: AxisSet(output), sizes)
    for (left, right) in order.steps {
        let (a, b) = (terms[left]!, terms[right]!)
        (terms[left], terms[right]) = (nil, nil)
        let kept = terms.reduce(AxisSet(output)) { $0.union($1?.set ?? []) }
        terms.append(LabeledTensor.contracted(a, b, kept: kept, hint: output))
    }
    let last = terms.compactMap { $0 }[0]
    return last.summed(to: AxisSet(output)).permuted(to: output.filter(last.set.contains)).tensor
}

extension Tensor {
    /// Operands of a product in one type: promoted, `bool` as `int64`. Two floating-point types stop.
    static func productOperands(_ operands: [Tensor], _ name: String) -> [Tensor] {
        guard let first = operands.first else { return [] }
        if first.dtype != .bool, operands.allSatisfy({ $0.dtype == first.dtype }) { return operands }
        checkOneFloatingPointType(name, operands)
        let common = operands.dropFirst().reduce(first.dtype) { $0.promoted(with: $1.dtype) }
        let type = common == .bool ? .int64 : common
        return operands.map { $0.converted(to: type) }
    }
}
