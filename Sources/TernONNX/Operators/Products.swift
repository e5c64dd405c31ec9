import TernCore

let productOperators: [ONNXOperator] = [
    op("MatMul", 2) { call in try product(call, try call.numeric(0), try call.numeric(1)) },
    op("Gemm", 2...3) { call in
        var (a, b) = (try call.numeric(0), try call.numeric(1))
        try call.expectOneType(a, b)
        try call.expect(a.rank == 2 && b.rank == 2, "expects matrices, got \(a.shape) and \(b.shape)")
        let (alpha, beta) = (try call.real("alpha", default: 1), try call.real("beta", default: 1))
        let isTransposed = try call.flag("transB")
        if try call.flag("transA") { a = a.transposed() }
        let inner = isTransposed ? b.shape[1] : b.shape[0]
        try call.expect(a.shape[1] == inner, "expects equal inner sizes, got \(a.shape) and \(b.shape)")
        let shape = try call.shape([a.shape[0], isTransposed ? b.shape[0] : b.shape[1]])
        let c = try call.optionalTensor(2)
        try call.expectOneType(a, c)
        if let c { try call.expect(call.broadcasts(c.shape, to: shape), "cannot broadcast \(c.shape) to \(shape)") }
        // The layer that most of these are, as the one operation that it is here.
        if isTransposed, alpha == 1, beta == 1, a.dtype.isFloatingPoint, c == nil || c!.shape == [shape[1]] {
            return linear(a, b, c)
        }
        if isTransposed { b = b.transposed() }
        var result = matmul(a, b)
        if alpha != 1 { result = (result * alpha).converted(to: a.dtype) }
        if let c { result = result + (beta == 1 ? c : (c * beta).converted(to: a.dtype)) }
        return result
    },
    op("Einsum", 1...(.max)) { call in
        let operands = try call.inputs.indices.map { try call.numeric($0) }
        for operand in operands { try call.expectOneType(operands[0], operand) }
        let equation = try call.text("equation")
        try checkEinsum(call, equation, operands.map(\.shape))
        return einsum(equation, operands)
    },
    op("MatMulInteger", 2...4) { call in
        let (a, b) = (try call.integer(0), try call.integer(1))
        func centred(_ x: Tensor, _ index: Int, isRows: Bool) throws -> Tensor {
            let x = x.converted(to: .int32)
            guard var zero = try call.optionalTensor(index)?.converted(to: .int32) else { return x }
            // One number, or one for each row of the first matrix or column of the second.
            if isRows, zero.rank == 1, zero.count > 1 { zero = zero.unsqueezed(axes: -1) }
            try call.broadcast(x, zero)
            return x - zero
        }
        return try product(call, try centred(a, 2, isRows: true), try centred(b, 3, isRows: false))
            .converted(to: .int32)
    },
    op("Det", 1) { call in
        let x = try call.floating(0)
        try call.expect(
            x.rank >= 2 && x.shape[x.rank - 1] == x.shape[x.rank - 2], "expects square matrices, got \(x.shape)")
        return x.dtype.isHalf
            ? Linalg.determinant(x.converted(to: .float32)).converted(to: x.dtype) : Linalg.determinant(x)
    },
]

/// NumPy's `matmul`, whose shapes are looked at first.
func product(_ call: ONNXCall, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    try call.expectOneType(a, b)
    try call.expect(a.rank > 0 && b.rank > 0, "expects tensors with axes, got \(a.shape) and \(b.shape)")
    let inner = b.rank == 1 ? b.shape[0] : b.shape[b.rank - 2]
    try call.expect(a.shape[a.rank - 1] == inner, "expects equal inner sizes, got \(a.shape) and \(b.shape)")
    let batch = try call.broadcast([Shape(a.shape.dropLast(2)), Shape(b.shape.dropLast(2))])
    let rows = a.rank == 1 ? [] : [a.shape[a.rank - 2]]
    let columns = b.rank == 1 ? [] : [b.shape[b.rank - 1]]
    _ = try call.shape(Array(batch) + rows + columns)
    return matmul(a, b)
}

/// Whether an equation can be that of operands of some shapes, in time and memory that are bounded.
private func checkEinsum(_ call: ONNXCall, _ equation: String, _ shapes: [Shape]) throws {
    let text = equation.filter { $0 != " " }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false)
    let sides = halves.count == 2 && halves[1].hasPrefix(">") ? [halves[0], halves[1].dropFirst()] : halves
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    let letters = { (term: Substring) in term.replacing("...", with: "", maxReplacements: 1) }
    try call.expect(
        sides.count <= 2 && (halves.count == 1 || sides.count == 2) && terms.count == shapes.count,
        "has the equation \(excerpt(equation)) for \(shapes.count) operands")
    var sizes: [Character: Int] = [:]
    var rest: [Shape] = []
    for (term, shape) in zip(terms, shapes) {
        let names = Array(letters(term))
        let hasRest = names.count < term.count
        try call.expect(
            names.allSatisfy { $0.isASCII && $0.isLetter }
                && (hasRest ? names.count <= shape.count : names.count == shape.count),
            "has the term \(excerpt(String(term))) for shape \(shape)")
        let before = hasRest ? term.distance(from: term.startIndex, to: term.firstRange(of: "...")!.lowerBound) : 0
        let restCount = shape.count - names.count
        rest.append(hasRest ? Shape(shape[before..<before + restCount]) : [])
        for (index, name) in names.enumerated() {
            let size = shape[hasRest && index >= before ? index + restCount : index]
            let known = sizes[name] ?? 1
            try call.expect(
                size == known || size == 1 || known == 1, "has sizes \(known) and \(size) for \(name)")
            sizes[name] = max(size, known)
        }
    }
    let restShape = try call.broadcast(rest)
    let output: String
    if sides.count == 2 {
        output = String(letters(sides[1]))
        try call.expect(
            output.allSatisfy { sizes[$0] != nil } && Set(output).count == output.count,
            "has the equation \(excerpt(equation))")
        try call.expect(
            restShape.isEmpty || output.count < sides[1].count, "loses axes: \(excerpt(equation))")
    } else {
        output = String(sizes.keys)
    }
    _ = try call.shape(Array(restShape) + output.map { sizes[$0]! })
    // Between the operands no result is larger than that of all letters.
    try call.expect(
        elementCount(Array(restShape).map { max(1, $0) } + sizes.values.map { max(1, $0) }, atMost: 1 << 40) != nil,
        "has too many products")
}
