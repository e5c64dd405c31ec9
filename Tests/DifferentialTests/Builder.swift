import Tern

/// Where the elements of an operand must lie.
enum Domain: Sendable {
    case any
    /// Neither infinite nor NaN.
    case finite
    /// At least 0.1.
    case positive
    /// 0.02 ... 0.98
    case unit
    /// At least 0.1 away from 0.
    case nonZero

    func holds(_ values: [Double]) -> Bool {
        switch self {
        case .any: true
        case .finite: values.allSatisfy(\.isFinite)
        case .positive: values.allSatisfy { $0 >= 0.1 }
        case .unit: values.allSatisfy { $0 >= 0.02 && $0 <= 0.98 }
        case .nonZero: values.allSatisfy { Swift.abs($0) >= 0.1 }
        }
    }
}

/// A call that an operation of the table wants to make.
struct Call {
    var operands: [Int]
    var arguments = ""
    var run: ([Tensor]) -> [Tensor]

    init(_ operands: [Int], _ arguments: String = "", _ run: @escaping ([Tensor]) -> [Tensor]) {
        self.operands = operands
        self.arguments = arguments
        self.run = run
    }
}

/// Draws programs. An operation asks it for operands, which are values of before or new inputs.
struct Builder {
    private(set) var program: Program
    var random: SplitMix

    /// The program of a seed.
    ///
    /// - Parameter note: called with the listing before each operation is tried, for the case that it stops the process.
    static func program(_ seed: UInt64, note: (String) -> Void = { _ in }) -> Program {
        var builder = Builder(seed)
        let ops = Op.table
        // The first in turn, so that none is left out.
        builder.append(ops[Int(seed % UInt64(ops.count))], note)
        for _ in 0..<builder.number(in: 0...(builder.program.isLarge ? 2 : 5)) {
            builder.append(builder.one(of: ops), note)
        }
        return builder.program
    }

    /// A program of this operation alone.
    static func program(of op: Op, _ seed: UInt64) -> Program {
        var builder = Builder(seed)
        builder.append(op) { _ in }
        return builder.program
    }

    private init(_ seed: UInt64) {
        random = SplitMix(state: seed)
        program = Program(seed: seed, isLarge: seed % 29 == 0)
        if chance(0.3) { program.dtype = .float64 }
    }

    private mutating func append(_ op: Op, _ note: (String) -> Void) {
        let call = op.build(&self)
        var step = Program.Step(
            op: op, operands: call.operands, arguments: call.arguments, run: call.run,
            layouts: call.operands.map { _ in MemoryLayout(&random) })
        note("\(program.listing)\n  \(Program.line(step, program.values))")
        let outputs = step.run(step.operands.map { program.values[$0] })
        for output in outputs {
            step.results.append(program.values.count)
            keep(output.detached.contiguous())
        }
        program.steps.append(step)
    }

    private mutating func keep(_ value: Tensor) {
        if value.numbers.allSatisfy({ Swift.abs($0) <= 100 }) { program.tame.insert(program.values.count) }
        program.values.append(value)
    }

    // MARK: - What operations ask for

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func one<Element>(of choices: [Element]) -> Element { choices.randomElement(using: &random)! }

    func shape(of operand: Int) -> Shape { program.values[operand].shape }

    func kind(of operand: Int) -> Kind? { Kind.of(program.values[operand].dtype) }

    /// An axis of an operand, from the start or from the end.
    mutating func axis(of operand: Int) -> Int { number(in: -shape(of: operand).count...shape(of: operand).count - 1) }

    mutating func shape(rank: ClosedRange<Int>, isNonEmpty: Bool) -> Shape {
        let limit = program.isLarge ? 60_000 : 600
        var shape = Shape()
        for _ in 0..<number(in: rank) {
            var size = one(of: [1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 16, 17, 33, 65])
            if program.isLarge { size *= one(of: [1, 3, 16, 50, 200]) }
            if !isNonEmpty, chance(0.03) { size = 0 }
            shape.append(shape.elements * size > limit ? 1 : size)
        }
        return shape
    }

    /// A new input.
    mutating func fresh(_ shape: Shape, _ kind: Kind = .float, _ domain: Domain = .any) -> Int {
        let isGrid = chance(0.25)
        let isSpecial = kind == .float && domain == .any && chance(0.03)
        let values = (0..<shape.elements).map { _ -> Double in
            if kind == .bool { return chance(0.5) ? 1 : 0 }
            if kind == .uint8 { return Double(number(in: 0...12)) }
            if kind != .float { return Double(number(in: -6...6)) }
            if isSpecial, chance(0.1) { return one(of: [.nan, .infinity, -.infinity, -0.0, 0, 1e-40]) }
            let drawn = Double(Float.random(in: -2..<2, using: &random))
            let value = isGrid ? (drawn * 2).rounded() / 2 : drawn
            switch domain {
            case .any, .finite: return value
            case .positive: return Swift.abs(value) + 0.25
            case .unit: return 0.03125 + Swift.abs(value) / 2 * 0.9375
            case .nonZero: return value < 0 ? value - 0.25 : value + 0.25
            }
        }
        return input(Tensor(shape: shape, values: values.map { Double(Float($0)) }).converted(to: kind.dtype))
    }

    private mutating func input(_ value: Tensor) -> Int {
        program.inputs.append((program.values.count, value))
        keep(value)
        return program.values.count - 1
    }

    /// New indices below `size`.
    mutating func indices(_ shape: Shape, below size: Int) -> Int {
        let kind = one(of: [Kind.int64, .int64, .int32])
        let values = (0..<shape.elements).map { _ in Double(number(in: 0...size - 1)) }
        return input(Tensor(shape: shape, values: values).converted(to: kind.dtype))
    }

    /// A value of before that fits, or a new input.
    mutating func operand(
        rank: ClosedRange<Int> = 0...4, _ kinds: [Kind] = [.float], _ domain: Domain = .any, isNonEmpty: Bool = false,
        where fits: (Shape) -> Bool = { _ in true }
    ) -> Int {
        if chance(0.8),
            let number = earlier(
                kinds, domain,
                where: { shape in
                    rank.contains(shape.count) && !(isNonEmpty && shape.elements == 0) && fits(shape)
                })
        {
            return number
        }
        while true {
            let shape = shape(rank: rank, isNonEmpty: isNonEmpty)
            if fits(shape) { return fresh(shape, one(of: kinds), domain) }
        }
    }

    /// A value of before of this shape, or a new input.
    mutating func operand(_ shape: Shape, _ kinds: [Kind] = [.float], _ domain: Domain = .any) -> Int {
        if chance(0.6), let number = earlier(kinds, domain, where: { $0 == shape }) { return number }
        return fresh(shape, one(of: kinds), domain)
    }

    /// One that broadcasts with a value.
    mutating func operand(beside other: Int, _ kinds: [Kind] = [.float], _ domain: Domain = .any) -> Int {
        let target = shape(of: other)
        if chance(0.6),
            let number = earlier(
                kinds, domain,
                where: { shape in
                    guard let common = shape.broadcast(with: target) else { return false }
                    return common.elements <= 60_000
                })
        {
            return number
        }
        var shape = Shape(target.dropFirst(number(in: 0...target.count)))
        for axis in shape.indices where chance(0.2) { shape[axis] = 1 }
        return fresh(shape, one(of: kinds), domain)
    }

    private mutating func earlier(_ kinds: [Kind], _ domain: Domain, where fits: (Shape) -> Bool) -> Int? {
        program.values.indices.filter { number in
            guard program.tame.contains(number) || isInput(number), let kind = kind(of: number) else { return false }
            let value = program.values[number]
            return kinds.contains(kind) && value.count <= 60_000 && fits(value.shape) && domain.holds(value.numbers)
        }.randomElement(using: &random)
    }

    private func isInput(_ number: Int) -> Bool { program.inputs.contains { $0.number == number } }
}
