import Tern

extension OpTable {
    mutating func addShapes() {
        op("reshaped") { b in
            let x = b.operand(anyKind)
            var sizes = Array(b.shape(of: x)).shuffled(using: &b.random)
            // Neighbours merged, or a 1 between.
            if sizes.count > 1, b.chance(0.5) { sizes = [sizes[0] * sizes[1]] + sizes[2...] }
            if b.chance(0.3) { sizes.insert(1, at: b.number(in: 0...sizes.count)) }
            if !sizes.isEmpty, !sizes.contains(0), b.chance(0.3) { sizes[b.number(in: 0...sizes.count - 1)] = -1 }
            let shape = Shape(sizes)
            return Call([x], "\(shape)") { [$0[0].reshaped(shape)] }
        }
        op("flattened") { b in
            let x = b.operand(rank: 1...4, anyKind)
            let start = b.number(in: 0...b.shape(of: x).count - 1)
            let end = b.number(in: start...b.shape(of: x).count - 1)
            return Call([x], "from: \(start), to: \(end)") { [$0[0].flattened(from: start, to: end)] }
        }
        op("permuted") { b in
            let x = b.operand(anyKind)
            let order = Array(b.shape(of: x).indices).shuffled(using: &b.random)
            return Call([x], "\(order)") { [$0[0].permuted(order)] }
        }
        axes("transposed") { $0.transposed($1, $2) }
        axes("movingAxis") { $0.movingAxis($1, to: $2) }
        one("T", anyKind) { $0.T }
        op("expanded") { b in
            let x = b.operand(rank: 0...3, anyKind)
            var target = b.shape(of: x)
            for axis in target.indices where target[axis] == 1 { target[axis] = b.number(in: 1...5) }
            if b.chance(0.5) { target.insert(b.number(in: 1...3), at: 0) }
            let shape = target
            return Call([x], "to: \(shape)") { [$0[0].expanded(to: shape)] }
        }
        op("tiled") { b in
            let x = b.operand(rank: 0...3, anyKind)
            let counts = (0..<b.number(in: 0...3)).map { _ in b.number(in: 0...3) }
            return Call([x], "\(counts)") { [$0[0].tiled(counts)] }
        }
        counted("repeated", 0...3) { x, axis, count in [x.repeated(count, axis: axis)] }
        op("squeezed") { b in
            let x = b.operand(anyKind)
            if b.chance(0.3) { return Call([x]) { [$0[0].squeezed()] } }
            let shape = b.shape(of: x)
            let axes = shape.indices.filter { shape[$0] == 1 && b.chance(0.7) }
                .map { b.chance(0.5) ? $0 : $0 - shape.count }.shuffled(using: &b.random)
            return Call([x], "axes: \(axes)") { [$0[0].squeezed(axes: axes)] }
        }
        op("unsqueezed") { b in
            let x = b.operand(anyKind)
            let rank = b.shape(of: x).count
            let newRank = b.number(in: rank...Swift.min(rank + 2, Shape.maximumRank))
            let axes = (0..<newRank).shuffled(using: &b.random).prefix(newRank - rank)
                .map { b.chance(0.5) ? $0 : $0 - newRank }
            return Call([x], "axes: \(axes)") { [$0[0].unsqueezed(axes: axes)] }
        }
        op("flipped") { b in
            let x = b.operand(anyKind)
            let axes = b.shape(of: x).indices.filter { _ in b.chance(0.5) }
            return Call([x], "axes: \(axes)") { [$0[0].flipped(axes: axes)] }
        }
        counted("rolled", -4...9) { x, axis, count in [x.rolled(by: count, axis: axis)] }
        op("diagonal") { b in
            let x = b.operand(rank: 2...4, anyKind)
            let axes = Array(b.shape(of: x).indices.shuffled(using: &b.random).prefix(2))
            let offset = b.number(in: -3...3)
            return Call([x], "offset: \(offset), axes: \(axes)") {
                [$0[0].diagonal(offset: offset, axes: axes[0], axes[1])]
            }
        }
        for (name, isLower) in [("lowerTriangle", true), ("upperTriangle", false)] {
            op(name) { b in
                let x = b.operand(rank: 2...4, numeric)
                let diagonal = b.number(in: -2...2)
                return Call([x], "diagonal: \(diagonal)") {
                    [isLower ? $0[0].lowerTriangle(diagonal: diagonal) : $0[0].upperTriangle(diagonal: diagonal)]
                }
            }
        }
        op("padded") { b in
            let x = b.operand(rank: 1...3, numeric, isNonEmpty: true)
            let mode = b.one(of: [Padding.constant(0), .constant(-1.5), .reflect, .replicate, .circular])
            let isInteger = b.kind(of: x) != .float
            let widths = b.shape(of: x).dropFirst(b.number(in: 0...1)).map { size in
                let least = b.chance(0.2) ? -(size - 1) / 2 : 0
                let around = least < 0 ? 1 : Swift.min(3, size)
                let most = mode == .reflect ? Swift.min(3, size - 1) : mode == .circular ? around : 3
                return (before: b.number(in: least...most), after: b.number(in: least...most))
            }
            let used = isInteger && mode == .constant(-1.5) ? Padding.constant(7) : mode
            return Call([x], "\(widths.map { "\($0.before) \($0.after)" }), with: \(used)") {
                [$0[0].padded(widths, with: used)]
            }
        }
    }

    mutating func addParts() {
        op("sliced") { b in
            let x = b.operand(rank: 1...4, anyKind)
            let axis = b.axis(of: x)
            let size = b.size(of: x, axis)
            let start = b.number(in: 0...size)
            let end = b.number(in: start...size)
            let step = b.number(in: 1...3)
            return Call([x], "axis: \(axis), from: \(start), to: \(end), by: \(step)") {
                [$0[0].sliced(from: start, to: end, by: step, axis: axis)]
            }
        }
        op("subscript") { b in
            let x = b.operand(rank: 1...4, anyKind, isNonEmpty: true)
            let (indices, text) = b.subscripts(of: x)
            return Call([x], text) { [$0[0][indices: indices]] }
        }
        op("subscript loop") { b in
            let x = b.operand(rank: 1...3, isNonEmpty: true)
            let count = Swift.min(b.shape(of: x)[0], 6)
            let parts = (0..<b.number(in: 1...6)).map { _ in b.number(in: 0...count - 1) }
            return Call([x], "\(parts)") { x in
                [parts.reduce(Tensor(0, dtype: x[0].dtype)) { $0 * 0.5 + x[0][$1] * x[0][$1...].sum() }]
            }
        }
        op("subscript assigned") { b in
            let x = b.operand(rank: 1...4, isNonEmpty: true)
            let (indices, text) = b.subscripts(of: x)
            let part = b.program.values[x][indices: indices].shape
            let value = b.operand(b.chance(0.3) ? [] : part)
            return Call([x, value], text) { [$0[0].indexPut($0[1], at: indices)] }
        }
        op("unstacked") { b in
            let x = b.operand(rank: 1...3, anyKind, isNonEmpty: true) { $0.allSatisfy { $0 <= 9 } }
            let axis = b.axis(of: x)
            return Call([x], "axis: \(axis)") { $0[0].unstacked(axis: axis) }
        }
        op("split sizes") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let axis = b.axis(of: x)
            let size = b.size(of: x, axis)
            let first = b.number(in: 0...size)
            let second = b.number(in: 0...size - first)
            let sizes = [first, second, size - first - second]
            return Call([x], "\(sizes), axis: \(axis)") { $0[0].split(sizes: sizes, axis: axis) }
        }
        counted("split into", 1...4) { x, axis, count in x.split(into: count, axis: axis) }
        op("concatenated") { b in
            let x = b.operand(rank: 1...4, numeric)
            let axis = b.axis(of: x)
            let operands =
                [x]
                + (0..<b.number(in: 0...2)).map { _ in
                    var shape = b.shape(of: x)
                    shape[axis < 0 ? axis + shape.count : axis] = b.number(in: 0...4)
                    return b.operand(shape, numeric)
                }
            return Call(operands, "axis: \(axis)") { [concatenated($0, axis: axis)] }
        }
        op("stacked") { b in
            let x = b.operand(rank: 0...3, numeric)
            let rank = b.shape(of: x).count
            let axis = b.number(in: -rank - 1...rank)
            let operands = [x] + (0..<b.number(in: 0...2)).map { _ in b.operand(b.shape(of: x), numeric) }
            return Call(operands, "axis: \(axis)") { [stacked($0, axis: axis)] }
        }
    }

    mutating func addGathers() {
        op("selected") { b in
            let x = b.operand(rank: 1...3, anyKind, isNonEmpty: true)
            let axis = b.axis(of: x)
            let indices = b.indices(b.shape(rank: 0...2, isNonEmpty: false).small, below: b.size(of: x, axis))
            return Call([x, indices], "axis: \(axis)") { [$0[0].selected($0[1], axis: axis)] }
        }
        op("indexAdded") { b in
            let x = b.operand(rank: 1...3, numeric, isNonEmpty: true)
            let axis = b.axis(of: x)
            let count = b.number(in: 0...7)
            let indices = b.indices([count], below: b.size(of: x, axis))
            var shape = b.shape(of: x)
            shape[axis < 0 ? axis + shape.count : axis] = count
            let source = b.operand(shape, [b.kind(of: x)!])
            return Call([x, source, indices], "axis: \(axis)") { [$0[0].indexAdded($0[1], at: $0[2], axis: axis)] }
        }
        op("gathered") { b in
            let x = b.operand(rank: 1...3, anyKind, isNonEmpty: true)
            let (axis, indices) = b.elementIndices(of: x)
            return Call([x, indices], "axis: \(axis)") { [$0[0].gathered($0[1], axis: axis)] }
        }
        op("scatterAdded") { b in
            let x = b.operand(rank: 1...3, numeric, isNonEmpty: true)
            let (axis, indices) = b.elementIndices(of: x)
            let source = b.operand(b.chance(0.2) ? [] : b.shape(of: indices), [b.kind(of: x)!])
            return Call([x, source, indices], "axis: \(axis)") {
                [$0[0].scatterAdded($0[1], at: $0[2], axis: axis)]
            }
        }
        op("embedding") { b in
            let weight = b.operand(rank: 2...2, isNonEmpty: true)
            let ids = b.indices(b.shape(rank: 0...2, isNonEmpty: false).small, below: b.shape(of: weight)[0])
            return Call([ids, weight]) { [embedding($0[0], $0[1])] }
        }
        op("oneHot") { b in
            let classes = b.number(in: 1...9)
            let labels = b.indices(b.shape(rank: 0...2, isNonEmpty: false).small, below: classes)
            return Call([labels], "classes: \(classes)") {
                [oneHot($0[0], classes: classes), oneHot($0[0], classes: classes, dtype: .int32)]
            }
        }
        op("masked") { b in
            let x = b.operand(rank: 1...3, anyKind)
            let shape = b.shape(of: x)
            // A new mask: shapes must not depend on rounding.
            let mask = b.fresh(Shape(shape.prefix(b.number(in: 1...shape.count))), .bool)
            return Call([x, mask]) { [$0[0].masked(by: $0[1])] }
        }
        op("nonZeroIndices") { b in
            let x = b.fresh(b.shape(rank: 0...3, isNonEmpty: false), b.one(of: anyKind))
            return Call([x]) { [$0[0].nonZeroIndices()] }
        }
    }

    /// A function of a tensor and two of its axes.
    private mutating func axes(_ name: String, _ call: @escaping @Sendable (Tensor, Int, Int) -> Tensor) {
        op(name) { b in
            let x = b.operand(rank: 1...4, anyKind)
            let (first, second) = (b.axis(of: x), b.axis(of: x))
            return Call([x], "\(first), \(second)") { [call($0[0], first, second)] }
        }
    }

    /// A function of a tensor, an axis and a number.
    private mutating func counted(
        _ name: String, _ range: ClosedRange<Int>, _ call: @escaping @Sendable (Tensor, Int, Int) -> [Tensor]
    ) {
        op(name) { b in
            let x = b.operand(rank: 1...3, anyKind)
            let (axis, count) = (b.axis(of: x), b.number(in: range))
            return Call([x], "\(count), axis: \(axis)") { call($0[0], axis, count) }
        }
    }
}

extension Builder {
    func size(of operand: Int, _ axis: Int) -> Int {
        let shape = shape(of: operand)
        return shape[axis < 0 ? axis + shape.count : axis]
    }

    /// Indices of single elements, no larger than the operand along other axes.
    mutating func elementIndices(of operand: Int) -> (axis: Int, indices: Int) {
        let axis = axis(of: operand)
        var shape = shape(of: operand)
        for position in shape.indices { shape[position] = number(in: 1...shape[position]) }
        shape[axis < 0 ? axis + shape.count : axis] = number(in: 0...6)
        return (axis, indices(shape, below: size(of: operand, axis)))
    }

    /// What may stand in a subscript of an operand without elements along no axis.
    mutating func subscripts(of operand: Int) -> (indices: [any TensorIndex], text: String) {
        var indices: [any TensorIndex] = []
        var text: [String] = []
        for size in shape(of: operand).prefix(number(in: 1...4)) {
            let index = number(in: -size...size - 1)
            let low = number(in: 0...size)
            let high = number(in: low...size)
            let step = number(in: 1...3)
            let choice = number(in: 0...6)
            switch choice {
            case 0: indices.append(index)
            case 1: indices.append(.all)
            case 2: indices.append(.every(-step))
            case 3: indices.append(.every(step))
            case 4: indices.append(low..<high)
            case 5: indices += [.newAxis, .range(from: low, to: high, by: step)]
            default: indices.append(.range(from: size - 1, by: -step))
            }
            text.append(
                [
                    "\(index)", "all", "every \(-step)", "every \(step)", "\(low)..<\(high)",
                    "newAxis, \(low)..<\(high) by \(step)", "\(size - 1)... by \(-step)",
                ][choice])
        }
        if chance(0.2) {
            indices.append(.ellipsis)
            text.append("ellipsis")
        }
        return (indices, text.joined(separator: ", "))
    }
}

extension Shape {
    fileprivate var small: Shape { Shape(map { Swift.min($0, 4) }) }
}
