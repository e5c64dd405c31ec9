import Tern

extension OpTable {
    mutating func addSeveralInputs() {
        op("bilinear") { b in
            let x = b.operand(rank: 1...3)
            let shape = b.shape(of: x)
            let (outputs, second) = (b.number(in: 1...5), b.number(in: 1...9))
            let z = b.operand(Shape(shape.dropLast() + [second]))
            var operands = [x, z, b.operand([outputs, shape[shape.count - 1], second])]
            if b.chance(0.6) { operands.append(b.operand([outputs])) }
            return Call(operands) { [bilinear($0[0], $0[1], $0[2], $0.count > 3 ? $0[3] : nil)] }
        }
        op("unflattened") { b in
            let x = b.operand(rank: 1...3)
            let axis = b.axis(of: x)
            let size = b.shape(of: x)[axis < 0 ? axis + b.shape(of: x).count : axis]
            let divisors = (1...max(1, size)).filter { size % $0 == 0 }
            let sizes: Shape = [-1, b.one(of: divisors)]
            return Call([x], "axis: \(axis), sizes: \(sizes)") { [$0[0].unflattened(axis: axis, sizes: sizes)] }
        }
    }
}
