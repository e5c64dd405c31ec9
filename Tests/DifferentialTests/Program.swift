import Tern

/// What kind of elements a value of a program has.
enum Kind: CaseIterable, Sendable {
    /// The floating-point type that the program is run with.
    case float
    case int64, int32, uint8, bool

    static func of(_ dtype: DType) -> Kind? {
        switch dtype {
        // Programs are made with float64: a float32 there is one whatever a program is run with.
        case .float64: .float
        case .int64: .int64
        case .int32: .int32
        case .uint8: .uint8
        case .bool: .bool
        default: nil
        }
    }

    var dtype: DType {
        switch self {
        case .float: .float64
        case .int64: .int64
        case .int32: .int32
        case .uint8: .uint8
        case .bool: .bool
        }
    }
}

/// A random program: inputs, and operations on these and on each other's results. All values are numbered.
struct Program {
    struct Step {
        let op: Op
        let operands: [Int]
        /// The other arguments, for the listing.
        let arguments: String
        let run: ([Tensor]) -> [Tensor]
        /// How each operand lies in memory.
        var layouts: [MemoryLayout]
        /// The numbers of the results.
        var results: [Int] = []
    }

    let seed: UInt64
    let isLarge: Bool
    /// The type that `float` stands for, besides `float64`.
    var dtype = DType.float32
    /// With their numbers, as `float64` or integers.
    var inputs: [(number: Int, value: Tensor)] = []
    var steps: [Step] = []
    /// What was drawn: shapes and types of all values, those of floating-point type as `float64`.
    var values: [Tensor] = []
    /// Values that are finite and not large: what may be computed on, and what a derivative can be estimated of.
    var tame: Set<Int> = []

    /// The program as text, a line an operation.
    var listing: String {
        var lines = ["program \(seed), float is \(dtype)"]
        for (number, value) in inputs { lines.append("  v\(number) = input \(Program.text(value))") }
        for step in steps { lines.append("  \(Program.line(step, values))") }
        return lines.joined(separator: "\n")
    }

    static func line(_ step: Step, _ values: [Tensor]) -> String {
        let operands = zip(step.operands, step.layouts).map { number, layout in
            layout.isEmpty ? "v\(number)" : "v\(number) (\(layout))"
        }
        let arguments = operands + (step.arguments.isEmpty ? [] : [step.arguments])
        let results = step.results.map { "v\($0)" }.joined(separator: ", ")
        let kinds = step.results.map { "\(values[$0].shape) \(values[$0].dtype)" }.joined(separator: ", ")
        return "\(results) = \(step.op.name)(\(arguments.joined(separator: ", ")))   // \(kinds)"
    }

    /// Shape, type and, if they are few, the elements.
    static func text(_ value: Tensor) -> String {
        let elements = value.count <= 24 ? " \(value.detached.converted(to: .float64).array(of: Double.self))" : ""
        return "\(value.shape) \(value.dtype)\(elements)"
    }

    /// All values of a run with these inputs: the graph is recorded if they need gradients.
    func run(_ inputs: [Tensor], steps count: Int? = nil) -> [Tensor] {
        var values = [Tensor](repeating: Tensor(0), count: self.values.count)
        for (input, value) in zip(self.inputs, inputs) { values[input.number] = value }
        for step in steps.prefix(count ?? steps.count) {
            let outputs = step.run(
                zip(step.operands, step.layouts).map { $1.isEmpty ? values[$0] : $1.apply(to: values[$0]) })
            for (number, output) in zip(step.results, outputs) { values[number] = output }
        }
        return values
    }
}

extension Tensor {
    /// Of another floating-point type, if it is of such a type.
    func floating(_ dtype: DType) -> Tensor { self.dtype.isFloatingPoint ? converted(to: dtype) : self }

    /// The elements as numbers.
    var numbers: [Double] { detached.converted(to: .float64).array(of: Double.self) }

    var bytes: [UInt8] { detached.withUnsafeBytes { Array($0) } }
}

/// A small generator of its own: what is drawn does not depend on what is tested.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
