/// A tensor whose axes have numbers: a term of a product.
struct LabeledTensor {
    let tensor: Tensor
    /// The number of each axis.
    let axes: [Int]

    init(_ tensor: Tensor, _ axes: [Int]) { (self.tensor, self.axes) = (tensor, axes) }

    var set: AxisSet { AxisSet(axes) }

    /// With a diagonal for axes of one number.
    var withoutRepeats: LabeledTensor {
        for (second, axis) in axes.enumerated().reversed() {
            guard let first = axes.firstIndex(of: axis), first < second else { continue }
            // A size of 1 goes with any.
            var tensor = tensor
            let (a, b) = (tensor.shape[first], tensor.shape[second])
            if a != b {
                var shape = tensor.shape
                shape[first] = Swift.max(a, b)
                shape[second] = shape[first]
                if a == 0 || b == 0 { (shape[first], shape[second]) = (0, 0) }
                tensor = tensor.expanded(to: shape)
            }
            var rest = axes
            rest.remove(at: second)
            rest.remove(at: first)
            return LabeledTensor(tensor.diagonal(axes: first, second), rest + [axis]).withoutRepeats
        }
        return self
    }

    /// Without axes of size 1 that another term has with another size.
    func withoutOnes(_ sizes: [Int]) -> LabeledTensor {
        let ones = axes.indices.filter { tensor.shape[$0] == 1 }
        if ones.isEmpty { return self }
        return LabeledTensor(tensor.squeezed(axes: ones), axes.indices.filter { !ones.contains($0) }.map { axes[$0] })
    }

    /// The sums over the axes that are not `kept`.
    func summed(to kept: AxisSet) -> LabeledTensor {
        let gone = axes.indices.filter { !kept.contains(axes[$0]) }
        return gone.isEmpty ? self : LabeledTensor(tensor.sum(axes: gone), axes.filter(kept.contains))
    }

    func permuted(to order: [Int]) -> LabeledTensor {
        if order == axes { return self }
        return LabeledTensor(tensor.permuted(order.map { axes.firstIndex(of: $0)! }), order)
    }

    /// The sum of the products of two terms over what both have and is not `kept`: one product of matrices, for each index
    /// of what both have and is kept.
    ///
    /// - Parameter hint: the order in which the axes are wanted in the end.
    static func contracted(_ a: LabeledTensor, _ b: LabeledTensor, kept: AxisSet, hint: [Int]) -> LabeledTensor {
        let (a, b) = (a.summed(to: kept.union(b.set)), b.summed(to: kept.union(a.set)))
        let both = a.set.intersection(b.set)
        let summed = both.subtracting(kept)
        let (left, right) = (a.axes.filter { !both.contains($0) }, b.axes.filter { !both.contains($0) })
        if summed.isEmpty, left.isEmpty || right.isEmpty {
            return right.isEmpty ? a.scaled(by: b, left) : b.scaled(by: a, right)
        }
        // The operands trade places if the result has its rows before its columns then.
        if let row = left.first.flatMap(hint.firstIndex), let column = right.first.flatMap(hint.firstIndex),
            column < row
        {
            return product(b, right, a, left, both, summed)
        }
        return product(a, left, b, right, both, summed)
    }

    private static func product(
        _ a: LabeledTensor, _ left: [Int], _ b: LabeledTensor, _ right: [Int], _ both: AxisSet, _ summed: AxisSet
    ) -> LabeledTensor {
        let batch = a.axes.filter { both.contains($0) && !summed.contains($0) }
        // The axes of the sum are one if they lie alike in both; else the smaller operand is copied.
        let depths = [a, b].map { $0.axes.filter(summed.contains) }
        let isLeftSmaller = a.tensor.count < b.tensor.count
        let depth = depths[0] == depths[1] || !isLeftSmaller ? depths[0] : depths[1]
        let (rows, transposesLeft) = a.matrices(batch, left, depth)
        let (columns, transposesRight) = b.matrices(batch, depth, right)
        let product = Tensor.product(rows, columns, transposesLeft, transposesRight)
        var shape = Shape()
        for axis in batch + left { shape.append(a.size(axis)) }
        for axis in right { shape.append(b.size(axis)) }
        return LabeledTensor(product.reshaped(shape), batch + left + right)
    }

    /// Matrices with the axes `rows` and `columns`, each as one, and `batch` before them; or the transposes of such, if these
    /// need no other order of the axes.
    private func matrices(_ batch: [Int], _ rows: [Int], _ columns: [Int]) -> (Tensor, isTransposed: Bool) {
        let isTransposed = axes != batch + rows + columns && axes == batch + columns + rows
        let (first, second) = isTransposed ? (columns, rows) : (rows, columns)
        // With this many, two more are too many.
        let leads = batch.count > Shape.maximumRank - 2 ? [batch] : batch.map { [$0] }
        return (
            permuted(to: batch + first + second).tensor.merged((leads + [first, second]).map(\.count)), isTransposed
        )
    }

    /// The products with the elements of another term that has some of the axes, all but `own`.
    private func scaled(by other: LabeledTensor, _ own: [Int]) -> LabeledTensor {
        let order = axes.filter { !own.contains($0) }
        var factor = other.permuted(to: order).tensor
        let gaps = axes.indices.filter { own.contains(axes[$0]) }
        // Leading axes broadcast by themselves.
        let inner = Array(gaps.drop { $0 == gaps.firstIndex(of: $0) })
        if !inner.isEmpty {
            let leading = gaps.count - inner.count
            factor = factor.unsqueezed(axes: inner.map { $0 - leading })
        }
        return LabeledTensor(tensor * factor, axes)
    }

    private func size(_ axis: Int) -> Int { tensor.shape[axes.firstIndex(of: axis)!] }
}

extension Tensor {
    /// Neighbouring axes merged into one: as many as each of `counts` says, a new one of size 1 for none. A view where any
    /// strides can say so, unlike ``reshaped(_:)``.
    fileprivate func merged(_ counts: [Int]) -> Tensor {
        var (shape, strides) = (Shape(), Shape())
        var axis = 0
        var isView = true
        for count in counts {
            var (size, step) = (1, 0)
            for next in axis..<axis + count where self.shape[next] != 1 {
                if size != 1, step != self.strides[next] * self.shape[next] { isView = false }
                size *= self.shape[next]
                step = self.strides[next]
            }
            shape.append(size)
            strides.append(step)
            axis += count
        }
        if shape == self.shape { return self }
        if !isView || isContiguous { return reshaped(shape) }
        let old = self.shape
        return view(shape: shape, strides: strides).output(of: "reshaped", from: self) { gradient, _ in
            InputGradients(gradient.reshaped(old))
        }
    }
}
