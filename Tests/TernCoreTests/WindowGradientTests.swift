import TernCore
import TernTestSupport
import Testing

/// Ways in which a loop takes a tensor of shape [T, 3, 4] apart.
private enum Taking: String, CaseIterable, Sendable {
    case unstacked, split, indices, sliced, stepped, reversed, diagonals, overlapping, same, columns
    case rows, masks, elements, slicesAndWindows

    func pieces(of x: Tensor) -> [Tensor] {
        let count = x.shape[0]
        return switch self {
        case .unstacked: x.unstacked()
        case .split: x.split(sizes: [Int](repeating: 1, count: count))
        case .indices: (0..<count).map { x[$0] }
        case .sliced: (0..<count).map { x.sliced(from: $0, to: $0 + 1, axis: 0) }
        case .stepped: (0..<count).map { x[$0, .every(2), .every(-3)] }
        case .reversed: (0..<count).map { x[.range(from: $0, by: -count), 1] }
        case .diagonals: (0..<count).map { x[$0].diagonal(offset: $0 % 3 - 1) }
        case .overlapping: (0..<count - 1).map { x[$0..<$0 + 2, 1...] }
        case .same: (0..<count).map { _ in x[0, 1...] }
        case .columns: (0..<count).map { x[$0, .ellipsis, 1] } + [x[..., 2]]
        case .rows: (0..<count).map { x[[$0, 0, $0, count - 1]] }
        case .masks: (0..<count).map { index in x[Tensor((0..<count).map { $0 == index || $0 % 3 == 0 })] }
        case .elements: (0..<count).map { x[[$0, 0, $0], [1, 2, 1], [0, 3, 0]] }
        case .slicesAndWindows: (0..<count).map { $0 % 2 == 0 ? x[[$0, $0]] : x[$0, .newAxis] }
        }
    }
}

extension Taking {
    /// Whether parts are added in place: single elements are added in a wider type, and graphs of graphs add whole tensors of
    /// slices.
    fileprivate func isLinear(_ goal: Goal) -> Bool {
        switch self {
        case .rows: goal != .second
        case .masks, .elements, .slicesAndWindows: false
        default: true
        }
    }
}

/// Where the pieces' gradients go.
private enum Goal: String, CaseIterable, Sendable {
    case variable, variableWithGradient, tape, source, node, usedWhole, usedWholeFirst, second
}

@Suite("Gradients of parts")
struct WindowGradientTests {
    /// The gradient of a sum over pieces, weighted with numbers of which many are 0 and -0.0.
    private func gradient(_ taking: Taking, _ goal: Goal, seed: UInt64) -> Tensor {
        let generator = Generator(seed: seed)
        func weights(_ shape: Shape) -> Tensor {
            let numbers = Tensor.uniform(shape, in: -1..<1, generator: generator)
            let kinds = Tensor.uniform(shape, in: 0..<1, generator: generator)
            return which(kinds .< 0.6, Tensor.full(shape, -0.0), which(kinds .< 0.7, Tensor.zeros(shape), numbers))
        }
        func loss(_ x: Tensor) -> Tensor {
            var sum = Tensor(0)
            for (place, piece) in taking.pieces(of: x).enumerated() where place % 5 != 3 {
                sum = sum + (piece * weights(piece.shape)).sum()
                if goal == .second { sum = sum + (piece * piece * piece * weights(piece.shape)).sum() }
            }
            return sum
        }
        let values = weights([7, 3, 4])
        let variable = Variable(values)
        switch goal {
        case .variable: loss(variable.value).backward()
        case .variableWithGradient:
            variable.gradient = weights(values.shape)
            loss(variable.value).backward()
        case .tape: return GradientTape().gradients(of: loss(variable.value))[variable]!
        case .source: return valueAndGradient(at: values, of: loss).gradient
        case .node: loss(variable.value * 1.0).backward()
        case .usedWhole:
            let y = variable.value * 1.0
            (loss(y) + (y * weights(y.shape)).sum()).backward()
        case .usedWholeFirst: (exp(loss(variable.value)) + (variable.value * weights(values.shape)).sum()).backward()
        case .second:
            let tape = GradientTape()
            let outer = tape.record {
                let gradient = valueAndGradient(at: variable.value, of: loss).gradient
                return (gradient * weights(values.shape)).sum() + (gradient * gradient).sum()
            }
            return tape.gradients(of: outer)[variable]!
        }
        return variable.gradient!
    }

    @Test("sums of parts have the bits of sums of whole tensors", arguments: Taking.allCases, Goal.allCases)
    private func bits(taking: Taking, goal: Goal) {
        for seed in 1...8 {
            let parts = gradient(taking, goal, seed: UInt64(seed))
            // Anomalies are looked for in whole tensors.
            let whole = withAnomalyDetection { gradient(taking, goal, seed: UInt64(seed)) }
            let pairs = zip(parts.array(of: Float.self), whole.array(of: Float.self))
            #expect(pairs.allSatisfy { $0.bitPattern == $1.bitPattern })
        }
    }

    /// Bytes that a loop over `count` steps asks for, backward included.
    private static func bytes(_ taking: Taking, _ goal: Goal, _ count: Int) -> Int {
        let x = numbers([count, 3, 4], dtype: .float32)
        let variable = Variable(x)
        let before = memoryStatistics().allocatedBytes
        func loss(_ x: Tensor) -> Tensor {
            taking.pieces(of: x).reduce(Tensor(0)) { sum, piece in sum + (piece * piece * piece).sum() }
        }
        switch goal {
        case .variable, .variableWithGradient: loss(variable.value).backward()
        case .tape: _ = GradientTape().gradients(of: loss(variable.value))
        case .source: _ = valueAndGradient(at: x, of: loss)
        case .node: loss(variable.value * 1.0).backward()
        case .usedWhole, .usedWholeFirst:
            let y = variable.value * 1.0
            (loss(y) + (y * y).sum()).backward()
        case .second:
            let tape = GradientTape()
            let outer = tape.record {
                square(valueAndGradient(at: variable.value, of: loss).gradient).sum()
            }
            _ = tape.gradients(of: outer)
        }
        return memoryStatistics().allocatedBytes - before
    }

    @Test("four times the steps cost four times the memory traffic", arguments: Goal.allCases)
    private func linear(goal: Goal) async {
        let name = goal.rawValue
        await #expect(processExitsWith: .success) { [name = name as String] in
            let goal = Goal(rawValue: name)!
            for taking in Taking.allCases where taking.isLinear(goal) {
                let few = Self.bytes(taking, goal, 128)
                let many = Self.bytes(taking, goal, 512)
                #expect(Double(many) < 4.5 * Double(few), "\(taking): \(few) bytes for 128 steps, \(many) for 512")
            }
        }
    }

    @Test("assigning to parts in a loop costs one copy, forward and backward")
    func assigning() async {
        await #expect(processExitsWith: .success) {
            func bytes(_ count: Int) -> Int {
                let variable = Variable(numbers([count, 3, 4], dtype: .float32))
                let before = memoryStatistics().allocatedBytes
                let tape = GradientTape()
                func loss(_ x: Tensor) -> Tensor {
                    var y = x * x
                    var state = x[0]
                    for step in 1..<count {
                        state = state * 0.5 + x[step]
                        y[step] = state
                    }
                    return (y * y).sum()
                }
                _ = tape.gradients(of: tape.record { loss(variable.value) })
                return memoryStatistics().allocatedBytes - before
            }
            let (few, many) = (bytes(64), bytes(256))
            #expect(Double(many) < 4.5 * Double(few), "\(few) bytes for 64 steps, \(many) for 256")
        }
    }
}

/// What these compute would take hours at a cost that grows with the square.
@Suite("Cost grows with the size", .timeLimit(.minutes(1)))
struct CostTests {
    @Test("a chain of checkpoints")
    func checkpoints() {
        let variable = Variable(Tensor([1, 2]))
        var x = variable.value
        for _ in 0..<20_000 { x = checkpointed(x) { $0 * 1.0 } }
        x.sum().backward()
        #expect(variable.gradient == [1, 1])
    }

    @Test("a gradient with respect to what is computed at each step of a chain")
    func chainOfSources() {
        let variable = Variable(Tensor([1, 2]))
        var x = variable.value
        let tape = GradientTape()
        tape.record {
            for _ in 0..<10_000 { x = x + 0.0 * valueAndGradient(at: x) { ($0 * $0).sum() }.gradient }
        }
        #expect(tape.gradients(of: x.sum())[variable] == [1, 1])
    }

    @Test("gradients of many parameters")
    func manyLeaves() {
        let variables = (0..<20_000).map { Variable(Tensor(Float($0))) }
        let gradients = GradientTape().gradients(of: stacked(variables.map(\.value)).sum())
        #expect(variables.allSatisfy { gradients[$0] == Tensor(1) })
        #expect(gradients.mapValues { $0 * 2 }[variables[19_999]] == Tensor(2))
    }

    @Test("a convolution whose stride is far larger than the image", arguments: [9, 1_000_000_000])
    func stride(stride: Int) {
        let x = Variable(numbers([1, 2, 5, 6], dtype: .float32))
        let weight = Variable(numbers([3, 2, 2, 3], dtype: .float32))
        func gradients(_ stride: Size2d) -> [Tensor] {
            (x.gradient, weight.gradient) = (nil, nil)
            let y = conv2d(x.value, weight.value, stride: stride, padding: 1)
            y.backward(numbers(y.shape, dtype: .float32))
            return [x.gradient!, weight.gradient!]
        }
        // With a stride of 8 there is one window a side, too.
        #expect(gradients(Size2d(stride, stride)) == gradients(8))
    }
}
