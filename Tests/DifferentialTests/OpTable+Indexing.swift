import Tern

extension OpTable {
    /// Reading and writing at index arrays and masks. Shapes must not depend on rounding: indices and masks are new inputs.
    mutating func addIndexing() {
        op("subscript arrays") { b in
            let x = b.operand(rank: 1...4, anyKind, isNonEmpty: true)
            let (operands, indices, text) = b.arrays(of: x)
            return Call([x] + operands, text) { [$0[0][indices: indices($0.dropFirst())]] }
        }
        op("subscript arrays assigned") { b in
            let x = b.operand(rank: 1...4, isNonEmpty: true)
            let (operands, indices, text) = b.arrays(of: x)
            let values = b.program.values
            let part = values[x][indices: indices(operands.map { values[$0] }[...])].shape
            let value = b.operand(b.chance(0.3) ? [] : part)
            return Call([x, value] + operands, text) { inputs in
                var y = inputs[0]
                y[indices: indices(inputs.dropFirst(2))] = inputs[1]
                return [y]
            }
        }
        op("indexPut") { b in
            let x = b.operand(rank: 1...4, numeric, isNonEmpty: true)
            let (operands, indices, text) = b.arrays(of: x)
            let values = b.program.values
            let part = values[x][indices: indices(operands.map { values[$0] }[...])].shape
            let value = b.operand(b.chance(0.3) ? [] : part, [b.kind(of: x)!])
            let accumulates = b.chance(0.7)
            return Call([x, value] + operands, "\(text), accumulates: \(accumulates)") {
                [$0[0].indexPut($0[1], at: indices($0.dropFirst(2)), accumulates: accumulates)]
            }
        }
        op("scattered") { b in
            let x = b.operand(rank: 1...3, anyKind, isNonEmpty: true)
            let (axis, indices) = b.elementIndices(of: x)
            let source = b.operand(b.chance(0.2) ? [] : b.shape(of: indices), [b.kind(of: x)!])
            return Call([x, source, indices], "axis: \(axis)") {
                [$0[0].scattered($0[1], at: $0[2], axis: axis), $0[0].scattered(1, at: $0[2], axis: axis)]
            }
        }
        for reduction in ScatterReduction.allCases {
            op("scatterReduced \(reduction)") { b in
                let x = b.operand(rank: 1...3, [.float, .float, .int64], .finite, isNonEmpty: true)
                let (axis, indices) = b.elementIndices(of: x)
                let source = b.operand(b.chance(0.2) ? [] : b.shape(of: indices), [b.kind(of: x)!], .finite)
                let includes = b.chance(0.6)
                return Call([x, source, indices], "axis: \(axis), includesSelf: \(includes)") {
                    [$0[0].scatterReduced($0[1], at: $0[2], axis: axis, reduction, includesSelf: includes)]
                }
            }
        }
        op("indexCopied") { b in
            let (x, source, indices, axis) = b.slices(anyKind)
            return Call([x, source, indices], "axis: \(axis)") { [$0[0].indexCopied($0[1], at: $0[2], axis: axis)] }
        }
        op("indexFilled") { b in
            let (x, _, indices, axis) = b.slices(anyKind)
            let value = b.operand([], [b.kind(of: x)!])
            return Call([x, value, indices], "axis: \(axis)") {
                [
                    $0[0].indexFilled(with: $0[1], at: $0[2], axis: axis),
                    $0[0].indexFilled(with: 1, at: $0[2], axis: axis),
                ]
            }
        }
        op("indexReduced") { b in
            let (x, source, indices, axis) = b.slices([.float, .int64])
            let reduction = b.one(of: [ScatterReduction.sum, .mean, .max, .min])
            return Call([x, source, indices], "axis: \(axis), \(reduction)") {
                [$0[0].indexReduced($0[1], at: $0[2], axis: axis, reduction)]
            }
        }
        op("taken") { b in
            let x = b.operand(rank: 0...3, anyKind, isNonEmpty: true)
            let indices = b.indices([b.number(in: 0...3), b.number(in: 1...3)], below: b.shape(of: x).elements)
            return Call([x, indices]) { [$0[0].taken($0[1])] }
        }
        op("put") { b in
            let x = b.operand(rank: 0...3, numeric, isNonEmpty: true)
            let shape: Shape = [b.number(in: 0...3), b.number(in: 1...3)]
            let indices = b.indices(shape, below: b.shape(of: x).elements)
            let value = b.operand(b.chance(0.3) ? [] : shape, [b.kind(of: x)!])
            let accumulates = b.chance(0.5)
            return Call([x, value, indices], "accumulates: \(accumulates)") {
                [$0[0].put($0[1], at: $0[2], accumulates: accumulates)]
            }
        }
        op("takenAlong") { b in
            let x = b.operand(rank: 1...3, anyKind, isNonEmpty: true)
            let axis = b.axis(of: x)
            var shape = b.shape(of: x)
            for position in shape.indices where b.chance(0.3) { shape[position] = 1 }
            shape[axis < 0 ? axis + shape.count : axis] = b.number(in: 0...5)
            let indices = b.indices(shape, below: b.size(of: x, axis))
            return Call([x, indices], "axis: \(axis)") { [$0[0].takenAlong($0[1], axis: axis)] }
        }
        op("maskedFilled") { b in
            let x = b.operand(anyKind)
            let mask = b.fresh(Shape(b.shape(of: x).dropFirst(b.number(in: 0...b.shape(of: x).count))), .bool)
            let value = b.operand([], [b.kind(of: x)!])
            return Call([x, value, mask]) {
                [$0[0].maskedFilled($0[2], with: $0[1]), $0[0].maskedFilled($0[2], with: 1)]
            }
        }
        op("maskedScattered") { b in
            let x = b.operand(anyKind)
            let mask = b.fresh(Shape(b.shape(of: x).dropFirst(b.number(in: 0...b.shape(of: x).count))), .bool)
            let source = b.operand([b.shape(of: x).elements + b.number(in: 0...2)], [b.kind(of: x)!])
            return Call([x, source, mask]) { [$0[0].maskedScattered($0[2], from: $0[1])] }
        }
        op("which indices") { b in
            Call([b.fresh(b.shape(rank: 0...3, isNonEmpty: false), b.one(of: anyKind))]) { which($0[0]) }
        }
    }

    mutating func addGrids() {
        op("meshgrid") { b in
            let vectors = b.vectors(1...3)
            let indexing = b.one(of: [GridIndexing.ij, .xy])
            return Call(vectors, "\(indexing)") { meshgrid($0, indexing: indexing) }
        }
        op("cartesianProduct") { b in Call(b.vectors(1...3)) { [cartesianProduct($0)] } }
        op("combinations") { b in
            let x = b.operand([b.number(in: 0...6)], anyKind)
            let (count, replaces) = (b.number(in: 0...3), b.chance(0.5))
            return Call([x], "of: \(count), withReplacement: \(replaces)") {
                [$0[0].combinations(of: count, withReplacement: replaces)]
            }
        }
        op("lowerTriangleIndices upperTriangleIndices") { b in
            let (rows, columns, diagonal) = (b.number(in: 0...5), b.number(in: 0...5), b.number(in: -3...3))
            return Call([], "\(rows), \(columns), diagonal: \(diagonal)") { _ in
                [
                    Tensor.lowerTriangleIndices(rows, columns, diagonal: diagonal),
                    Tensor.upperTriangleIndices(rows, columns, diagonal: diagonal),
                ]
            }
        }
        op("kronecker", .elementwise) { b in
            let x = b.operand(rank: 0...3) { $0.elements <= 100 }
            let y = b.operand(rank: 0...3) { $0.elements <= 100 }
            return Call([x, y]) { [kronecker($0[0], $0[1])] }
        }
        op("cross") { b in
            var shape = b.shape(rank: 1...3, isNonEmpty: false)
            let axis = b.number(in: -shape.count...shape.count - 1)
            shape[axis < 0 ? axis + shape.count : axis] = 3
            return Call([b.operand(shape), b.operand(shape)], "axis: \(axis)") { [cross($0[0], $0[1], axis: axis)] }
        }
        op("blockDiagonal") { b in
            let blocks = (0..<b.number(in: 1...3)).map { _ in b.operand(rank: 0...2, numeric) { $0.elements <= 200 } }
            return Call(blocks) { [blockDiagonal($0)] }
        }
        op("vandermonde") { b in
            let x = b.operand(rank: 1...3, [.float, .int64], .nonZero) { $0.elements <= 200 }
            let (columns, rises) = (b.number(in: 0...4), b.chance(0.5))
            return Call([x], "columns: \(columns), isRising: \(rises)") {
                [$0[0].vandermonde(columns: columns, isRising: rises)]
            }
        }
        op("diagonalEmbedded") { b in
            let x = b.operand(rank: 1...3, anyKind) { $0.elements <= 200 }
            let axes = (0...b.shape(of: x).count).shuffled(using: &b.random)
            let offset = b.number(in: -2...2)
            return Call([x], "offset: \(offset), axes: \(axes[0]), \(axes[1])") {
                [$0[0].diagonalEmbedded(offset: offset, axes: axes[0], axes[1])]
            }
        }
        op("diagonalReplaced") { b in
            let x = b.operand(rank: 2...4, numeric)
            let axes = b.shape(of: x).indices.shuffled(using: &b.random)
            let offset = b.number(in: -2...2)
            let part = b.program.values[x].diagonal(offset: offset, axes: axes[0], axes[1]).shape
            let value = b.operand(b.chance(0.3) ? [] : part, [b.kind(of: x)!])
            return Call([x, value], "offset: \(offset), axes: \(axes[0]), \(axes[1])") {
                [$0[0].diagonalReplaced(with: $0[1], offset: offset, axes: axes[0], axes[1])]
            }
        }
        op("logspace") { b in
            let count = b.number(in: 0...9)
            return Call([], "count: \(count)") { _ in [Tensor.logspace(-1, 2, count: count)] }
        }
    }
}

extension Builder {
    /// A subscript with an index array or mask, which are operands, besides other indices.
    fileprivate mutating func arrays(
        of operand: Int
    ) -> (operands: [Int], indices: (ArraySlice<Tensor>) -> [any TensorIndex], text: String) {
        enum Item {
            case operand
            case index(any TensorIndex)
        }
        let shape = shape(of: operand)
        // Beside a mask arrays would have to have the length of what it selects.
        let (chosen, common, hasMask) = (number(in: 0...shape.count - 1), number(in: 1...3), chance(0.3))
        var (items, operands, text): ([Item], [Int], [String]) = ([], [], [])
        for (axis, size) in shape.enumerated() {
            if axis == chosen, hasMask {
                operands.append(fresh([size], .bool))
                (items, text) = (items + [.operand], text + ["mask"])
                continue
            }
            switch axis == chosen ? 0 : number(in: hasMask ? 1...3 : 0...3) {
            case 0:
                let sizes: Shape = chance(0.5) ? [common] : chance(0.5) ? [1] : [number(in: 1...2), common]
                operands.append(indices(sizes, below: size))
                (items, text) = (items + [.operand], text + ["array"])
            case 1:
                let step = one(of: [-1, 1, 2])
                (items, text) = (items + [.index(.every(step))], text + ["every \(step)"])
            case 2:
                let (low, high) = (number(in: -1...size), number(in: 0...size + 2))
                items.append(.index(.range(from: low, to: high)))
                text.append("\(low)..<\(high)")
            default: (items, text) = (items + [.index(.all)], text + ["all"])
            }
        }
        let kept = items
        return (
            operands,
            { tensors in
                var rest = tensors
                return kept.map { item in
                    switch item {
                    case .operand: rest.removeFirst()
                    case .index(let index): index
                    }
                }
            }, text.joined(separator: ", ")
        )
    }

    fileprivate mutating func vectors(_ counts: ClosedRange<Int>) -> [Int] {
        (0..<number(in: counts)).map { _ in operand([number(in: 0...4)], anyKind) }
    }

    /// A tensor, slices for some of its indices along an axis, and these.
    fileprivate mutating func slices(_ kinds: [Kind]) -> (x: Int, source: Int, indices: Int, axis: Int) {
        let x = operand(rank: 1...3, kinds, isNonEmpty: true)
        let axis = axis(of: x)
        let count = number(in: 0...6)
        let indices = indices([count], below: size(of: x, axis))
        var shape = shape(of: x)
        shape[axis < 0 ? axis + shape.count : axis] = count
        return (x, operand(shape, [kind(of: x)!]), indices, axis)
    }
}
