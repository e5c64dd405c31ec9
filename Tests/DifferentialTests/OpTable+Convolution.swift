import Tern

extension OpTable {
    mutating func addConvolutions() {
        convolution("conv1d", 1) {
            conv1d(
                $0, $1, $2, stride: $3[0], padding: Padding1d($4[0]), dilation: $5[0], groups: $6, paddingMode: $7)
        }
        convolution("conv3d", 3) {
            conv3d(
                $0, $1, $2, stride: Size3d($3[0], $3[1], $3[2]), padding: Padding3d($4[0], $4[1], $4[2]),
                dilation: Size3d($5[0], $5[1], $5[2]), groups: $6, paddingMode: $7)
        }
        transposed("convTranspose1d", 1) {
            convTranspose1d(
                $0, $1, $2, stride: $3[0], padding: Padding1d($4[0]), outputPadding: $6[0], dilation: $5[0], groups: $7)
        }
        transposed("convTranspose2d", 2) {
            convTranspose2d(
                $0, $1, $2, stride: Size2d($3[0], $3[1]), padding: Padding2d($4[0], $4[1]),
                outputPadding: Size2d($6[0], $6[1]), dilation: Size2d($5[0], $5[1]), groups: $7)
        }
        transposed("convTranspose3d", 3) {
            convTranspose3d(
                $0, $1, $2, stride: Size3d($3[0], $3[1], $3[2]), padding: Padding3d($4[0], $4[1], $4[2]),
                outputPadding: Size3d($6[0], $6[1], $6[2]), dilation: Size3d($5[0], $5[1], $5[2]), groups: $7)
        }
    }

    /// - Parameter call: takes stride, padding, dilation, groups and the mode of the padding.
    private mutating func convolution(
        _ name: String, _ dimensions: Int,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, [Int], [Int], [Int], Int, Padding) -> Tensor
    ) {
        op(name) { b in
            let groups = b.one(of: [1, 1, 2, 3])
            let kernel = b.list(dimensions, in: 1...3)
            let (stride, dilation) = (b.list(dimensions, in: 1...3), b.list(dimensions, in: 1...2))
            let padding = b.list(dimensions, in: 0...2)
            let mode = b.one(of: [Padding.zeros, .zeros, .reflect, .replicate, .circular])
            let channels = b.one(of: [1, 2, 5])
            let x = b.signal(channels: channels * groups, b.list(dimensions, in: 5...(dimensions == 3 ? 7 : 40)))
            let outputs = groups * b.one(of: [1, 2, 9])
            // An infinite weight times the zeros of the padding is NaN where these are not left out.
            var operands = [x, b.operand(Shape([outputs, channels] + kernel), [.float], .finite)]
            if b.chance(0.5) { operands.append(b.operand([outputs])) }
            return Call(
                operands,
                "stride: \(stride), padding: \(padding), dilation: \(dilation), groups: \(groups), with: \(mode)"
            ) {
                [call($0[0], $0[1], $0.count > 2 ? $0[2] : nil, stride, padding, dilation, groups, mode)]
            }
        }
    }

    /// - Parameter call: takes stride, padding, dilation, output padding and groups.
    private mutating func transposed(
        _ name: String, _ dimensions: Int,
        _ call: @escaping @Sendable (Tensor, Tensor, Tensor?, [Int], [Int], [Int], [Int], Int) -> Tensor
    ) {
        op(name) { b in
            let groups = b.one(of: [1, 1, 2, 3])
            let kernel = b.list(dimensions, in: 1...3)
            let (stride, dilation) = (b.list(dimensions, in: 1...3), b.list(dimensions, in: 1...2))
            let padding = b.list(dimensions, in: 0...1)
            let more = (0..<dimensions).map { b.number(in: 0...Swift.max(stride[$0], dilation[$0]) - 1) }
            let channels = b.one(of: [1, 2, 9])
            let x = b.signal(channels: channels * groups, b.list(dimensions, in: 3...(dimensions == 3 ? 5 : 12)))
            let outputs = b.one(of: [1, 2, 5])
            var operands = [x, b.operand(Shape([channels * groups, outputs] + kernel), [.float], .finite)]
            if b.chance(0.5) { operands.append(b.operand([outputs * groups])) }
            return Call(
                operands,
                "stride: \(stride), padding: \(padding), dilation: \(dilation), outputPadding: \(more), groups: \(groups)"
            ) {
                [call($0[0], $0[1], $0.count > 2 ? $0[2] : nil, stride, padding, dilation, more, groups)]
            }
        }
    }
}

extension Builder {
    fileprivate mutating func list(_ count: Int, in range: ClosedRange<Int>) -> [Int] {
        (0..<count).map { _ in number(in: range) }
    }

    /// Sequences, images or volumes [N, C, sizes...], or one [C, sizes...].
    fileprivate mutating func signal(channels: Int, _ sizes: [Int]) -> Int {
        let shape = [channels] + sizes
        return operand(Shape(chance(0.2) ? shape : [number(in: 0...(program.isLarge ? 20 : 4))] + shape))
    }
}
